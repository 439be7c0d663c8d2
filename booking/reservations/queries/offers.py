"""What was offered to whom, and what they have not taken."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.kernel.timespan import TimeSpan
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.states import OfferState

_ENTRY: Final[sa.Table] = WaitlistEntry.__table__  # type: ignore[attr-defined]  # by SQLModel
_OFFER: Final[sa.Table] = WaitlistOffer.__table__  # type: ignore[attr-defined]  # by SQLModel


def open_offers_by(session: Session, holder_ids: Iterable[int]) -> dict[int, int]:
    """How many offers wait for the answer of each person; nobody without one is named."""
    asked = (
        sa.select(_ENTRY.c.holder_id, sa.func.count())
        .join(_OFFER, _OFFER.c.entry_id == _ENTRY.c.id)
        .where(
            sa.text("waitlist_offer.state = 'open'"),
            _ENTRY.c.holder_id.in_(sorted(set(holder_ids))),
        )
        .group_by(_ENTRY.c.holder_id)
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def not_taken_since(
    session: Session, holder_ids: Iterable[int], since: datetime
) -> frozenset[tuple[int, int, TimeSpan]]:
    """Who was offered which time on what since then, and declined it or did not answer."""
    asked = (
        sa.select(
            *(_ENTRY.c.holder_id, _OFFER.c.instrument_id, _OFFER.c.starts_at, _OFFER.c.ends_at)
        )
        .join(_OFFER, _OFFER.c.entry_id == _ENTRY.c.id)
        .where(
            _OFFER.c.state.in_([OfferState.DECLINED, OfferState.LAPSED]),
            _OFFER.c.ended_at > since,
            _ENTRY.c.holder_id.in_(sorted(set(holder_ids))),
        )
    )
    return frozenset(
        (holder_id, instrument_id, TimeSpan(start, end))
        for holder_id, instrument_id, start, end in session.execute(asked)
    )
