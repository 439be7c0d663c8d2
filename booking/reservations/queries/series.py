"""Series: locked for a deed, and as people and programs see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.series import ReservationSeries
from booking.reservations.queries.lists import known_to
from booking.reservations.queries.loading import Loaded, locked, reservations
from booking.reservations.queries.seen import SEEN, Seen, seen
from booking.reservations.states import State

_OPEN = (State.REQUESTED, State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Skipped:
    """An occurrence that could not be had when the series was booked, and why."""

    span: TimeSpan
    codes: tuple[str, ...]

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Skipped":
        start, end = (datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at"))
        return cls(TimeSpan(start, end), tuple(kept["codes"]))


@dataclass(frozen=True, slots=True)
class SeriesSeen:
    """A series with those of its bookings that somebody may know of, in order of time."""

    number: str
    rule: str
    first: TimeSpan
    created_at: datetime
    skipped: tuple[Skipped, ...]
    booked: tuple[Seen, ...]

    @property
    def total_fen(self) -> int:
        """One price: what the bookings cost that were not given back, with the fees of all."""
        gone = {State.CANCELLED, State.REJECTED, State.EXPIRED, State.MISSED}
        kept = sum(one.quoted_fen for one in self.booked if one.state not in gone)
        return kept + sum(one.fee_fen for one in self.booked)

    @property
    def waiting(self) -> int:
        return sum(1 for one in self.booked if one.state is State.REQUESTED)


def series_seen_by(session: Session, number: str, actor: Actor) -> SeriesSeen:
    """One series; NotFound for whoever may know of none of its bookings."""
    series = session.execute(
        sa.select(ReservationSeries).where(col(ReservationSeries.number) == number)
    ).scalar_one_or_none()
    found = series and seen(
        session,
        SEEN.where(col(Reservation.series_id) == series.id, known_to(actor)).order_by(
            col(Reservation.starts_at), col(Reservation.id)
        ),
    )
    if not series or not found:
        raise NotFound(number=number)
    return SeriesSeen(
        number=series.number,
        rule=series.rule,
        first=TimeSpan(series.starts_at, series.ends_at),
        created_at=series.created_at,
        skipped=tuple(Skipped.of(kept) for kept in series.skipped),
        booked=tuple(found),
    )


@dataclass(frozen=True, slots=True)
class WaitingSeries:
    """What of a series waits for one decision: how often, until when, for how much together."""

    times: int
    last: TimeSpan
    total_fen: int


def waiting_series(session: Session, numbers: Collection[str]) -> dict[str, WaitingSeries]:
    """The same by number; those of which nothing waits are left out."""
    r = Reservation
    asked = (
        sa.select(
            col(ReservationSeries.number),
            sa.func.count(),
            sa.func.max(col(r.starts_at)),
            sa.func.max(col(r.ends_at)),
            sa.func.sum(col(r.quoted_fen)),
        )
        .join(r, col(r.series_id) == col(ReservationSeries.id))
        .where(col(ReservationSeries.number).in_(sorted(numbers)), col(r.state) == State.REQUESTED)
        .group_by(col(ReservationSeries.number))
    )
    return {
        number: WaitingSeries(times, TimeSpan(start, end), int(total))
        for number, times, start, end, total in session.execute(asked)
    }


def ahead_in_series_for_update(
    session: Session, number: str, *, since: datetime | None, now: datetime
) -> Sequence[Loaded]:
    """The bookings of a series that have not begun, from a moment on, locked in order of id."""
    ahead = _of_series(number).where(
        col(Reservation.state).in_(_OPEN),
        col(Reservation.starts_at) > now,
    )
    if since is not None:
        ahead = ahead.where(col(Reservation.starts_at) >= since)
    return _locked(session, ahead)


def waiting_in_series_for_update(session: Session, number: str) -> Sequence[Loaded]:
    """The bookings of a series that somebody has to decide about, locked in order of id."""
    waiting = _of_series(number).where(col(Reservation.state) == State.REQUESTED)
    return _locked(session, waiting)


def any_of_series(session: Session, number: str) -> Loaded:
    """One booking of a series: all of them are for the same people on the same instrument."""
    row = session.execute(_of_series(number).order_by(col(Reservation.id)).limit(1)).one_or_none()
    if row is None:
        raise NotFound(number=number)
    return Loaded(*row)


def first_ahead_in_series(session: Session, number: str, now: datetime) -> str | None:
    """The number of the first booking of a series that has not begun."""
    found: str | None = session.execute(
        sa.select(col(Reservation.number))
        .join(ReservationSeries, col(Reservation.series_id) == col(ReservationSeries.id))
        .where(
            col(ReservationSeries.number) == number,
            col(Reservation.state).in_(_OPEN),
            col(Reservation.starts_at) > now,
        )
        .order_by(col(Reservation.starts_at), col(Reservation.id))
        .limit(1)
    ).scalar_one_or_none()
    return found


def series_of(session: Session, reservation_number: str) -> str | None:
    """The number of the series that a booking belongs to."""
    found: str | None = session.execute(
        sa.select(col(ReservationSeries.number))
        .join(Reservation, col(Reservation.series_id) == col(ReservationSeries.id))
        .where(col(Reservation.number) == reservation_number)
    ).scalar_one_or_none()
    return found


def _of_series(number: str) -> sa.Select[Reservation, int, int]:
    return (
        reservations()
        .join(ReservationSeries, col(ReservationSeries.id) == col(Reservation.series_id))
        .where(col(ReservationSeries.number) == number)
    )


def _locked(session: Session, statement: sa.Select[Reservation, int, int]) -> Sequence[Loaded]:
    rows = session.execute(locked(statement.order_by(col(Reservation.id)))).all()
    return [Loaded(*row) for row in rows]
