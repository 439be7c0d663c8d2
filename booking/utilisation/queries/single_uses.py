"""What sums of months do not know: who the users were, and what programmes paid for them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Protocol

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.kernel.periods import Period
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.utilisation.queries.kept import Pair, Sight, ids_in_sight


class GrantSource(Protocol):
    """Knows what programmes paid; a room above is one, and the application names it."""

    def granted(
        self, session: Session, period: Period, instruments: sa.Select[int]
    ) -> Mapping[Pair, int]:
        """Fen by instrument and month, as locked statements say, corrections taken in."""
        ...

    def stamp(self, session: Session) -> str:
        """Differs from the last one once anything that is granted may have changed."""
        ...


class NothingGranted:
    """Where no programme is known."""

    def granted(
        self, session: Session, period: Period, instruments: sa.Select[int]
    ) -> Mapping[Pair, int]:
        """Nothing."""
        del session, period, instruments
        return {}

    def stamp(self, session: Session) -> str:
        """It never changes."""
        del session
        return ""


def users_by_instrument(
    session: Session, period: Period, sight: Sight
) -> Mapping[int, frozenset[int]]:
    """The organisations whose uses of each instrument ended in a period."""
    instrument, user = col(UsageSession.instrument_id), col(Reservation.organisation_id)
    asked = (
        sa.select(instrument, user)
        .join(Reservation, col(Reservation.id) == col(UsageSession.reservation_id))
        .where(
            instrument.in_(ids_in_sight(sight)),
            col(UsageSession.ended_at) > period.span.start,
            col(UsageSession.ended_at) <= period.span.end,
        )
        .distinct()
    )
    found: dict[int, set[int]] = defaultdict(set)
    for instrument_id, user_id in session.execute(asked):
        found[instrument_id].add(user_id)
    return {key: frozenset(users) for key, users in found.items()}
