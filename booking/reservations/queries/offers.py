"""What was offered to whom, and what they have not taken."""

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """Time that was offered to somebody for an organisation, who did not take it."""

    holder_id: int
    organisation_id: int
    instrument_id: int
    span: TimeSpan
    ended_at: datetime


def not_taken_since(
    session: Session, organisation_ids: Iterable[int], since: datetime
) -> tuple[NotTaken, ...]:
    """What people of some organisations were offered since then, and declined or did not answer."""
    asked = (
        sa.select(
            *(_ENTRY.c.holder_id, _ENTRY.c.organisation_id, _OFFER.c.instrument_id),
            *(_OFFER.c.starts_at, _OFFER.c.ends_at, _OFFER.c.ended_at),
        )
        .join(_OFFER, _OFFER.c.entry_id == _ENTRY.c.id)
        .where(
            _OFFER.c.state.in_([OfferState.DECLINED, OfferState.LAPSED]),
            _OFFER.c.ended_at > since,
            _ENTRY.c.organisation_id.in_(sorted(set(organisation_ids))),
        )
    )
    return tuple(
        NotTaken(
            holder_id=row.holder_id,
            organisation_id=row.organisation_id,
            instrument_id=row.instrument_id,
            span=TimeSpan(row.starts_at, row.ends_at),
            ended_at=row.ended_at,
        )
        for row in session.execute(asked)
    )
