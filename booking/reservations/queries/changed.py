"""Which instruments' calendars facts are about, by what the facts call their subjects."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.reservations.models.reservation import Reservation
from booking.reservations.models.series import ReservationSeries
from booking.reservations.models.waitlist import WaitlistOffer


def instruments_behind(session: Session, subjects: Iterable[str]) -> set[int]:
    """`instrument:7`, `reservation:R…`, `reservation_series:S…`, `waitlist:5`; others are none."""
    told: dict[str, list[str]] = {}
    for subject in subjects:
        noun, _, reference = subject.partition(":")
        told.setdefault(noun, []).append(reference)
    found = {int(one) for one in told.get("instrument", ())}
    asked = [
        sa.select(col(Reservation.instrument_id)).where(
            col(Reservation.number).in_(told.get("reservation", ()))
        ),
        sa.select(col(ReservationSeries.instrument_id)).where(
            col(ReservationSeries.number).in_(told.get("reservation_series", ()))
        ),
        sa.select(col(WaitlistOffer.instrument_id)).where(
            col(WaitlistOffer.entry_id).in_([int(one) for one in told.get("waitlist", ())])
        ),
    ]
    if told.keys() & {"reservation", "reservation_series", "waitlist"}:
        found |= set(session.execute(sa.union_all(*asked)).scalars())
    return found
