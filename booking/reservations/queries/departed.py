"""Who left lately, and what they hold all the same."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import Membership
from booking.reservations.models.departed import Departed
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import Loaded, loaded_free, reservations
from booking.reservations.queries.not_begun import NOT_BEGUN
from booking.reservations.queries.standing import books_still

# Longer than any deed takes.
KEPT_FOR: Final = timedelta(days=1)
_LEFT: Final[sa.Table] = Departed.__table__  # type: ignore[attr-defined]  # by SQLModel
# Who left which organisation.
Gone = tuple[int, int]


def departed(session: Session) -> Mapping[Gone, int | None]:
    """Who left where, and to whom what they held goes, if that one is still there."""
    follows = sa.case(
        (
            books_still(_LEFT.c.successor_id, _LEFT.c.organisation_id),
            _LEFT.c.successor_id,
        )
    )
    asked = sa.select(col(Departed.person_id), col(Departed.organisation_id), follows)
    rows = session.execute(asked.order_by(col(Departed.id)))
    return {(person, organisation): successor for person, organisation, successor in rows}


def held_by_gone(
    session: Session, gone: Sequence[Gone], *, now: datetime
) -> Mapping[Gone, list[Loaded]]:
    """What they have ahead for an organisation in which they have no role; what somebody changes
    this very moment is left to them."""
    is_back = sa.exists().where(
        col(Membership.user_id) == col(Reservation.holder_id),
        col(Membership.organisation_id) == col(Reservation.organisation_id),
    )
    asked = reservations().where(
        col(Reservation.holder_id).in_(sorted({person for person, _ in gone})),
        *NOT_BEGUN,
        col(Reservation.ends_at) > now,
        ~is_back,
    )
    known, found = frozenset(gone), defaultdict(list)
    for one in loaded_free(session, asked.order_by(col(Reservation.id))):
        held = one.reservation.holder_id, one.reservation.organisation_id
        if held in known:
            found[held].append(one)
    return found


def forget_departed(session: Session, *, but: Sequence[Gone], now: datetime) -> None:
    """Those of whom nothing can slip through any more, except `but`."""
    left = col(Departed.left_at) < now - KEPT_FOR
    still = [
        sa.and_(col(Departed.person_id) == person, col(Departed.organisation_id) == organisation)
        for person, organisation in but
    ]
    session.execute(sa.delete(Departed).where(left, ~sa.or_(sa.false(), *still)))
