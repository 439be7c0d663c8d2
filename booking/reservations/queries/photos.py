"""Photos of an instrument before and after a use, for those whom it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.files.queries import FileRow, file_row
from booking.kernel.errors import NotFound
from booking.reservations.models.photo import ConditionPhoto
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import Loaded, reservations
from booking.reservations.states import Taken


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo as a page shows it."""

    id: int
    taken: Taken
    added_at: datetime


def photos_of(session: Session, reservation_id: int) -> Sequence[Photo]:
    """In the order in which they came, those from before first."""
    asked = (
        sa.select(col(ConditionPhoto.id), col(ConditionPhoto.taken), col(ConditionPhoto.added_at))
        .where(col(ConditionPhoto.reservation_id) == reservation_id)
        .order_by(col(ConditionPhoto.taken).desc(), col(ConditionPhoto.id))
    )
    return [Photo(*row) for row in session.execute(asked)]


def photos_taken(session: Session, reservation_id: int, taken: Taken) -> int:
    """How many there are, for somebody who holds the booking's lock."""
    counted = sa.select(sa.func.count()).where(
        col(ConditionPhoto.reservation_id) == reservation_id, col(ConditionPhoto.taken) == taken
    )
    found: int = session.execute(counted).scalar_one()
    return found


def photo_with_booking(session: Session, photo_id: int, *, small: bool) -> tuple[Loaded, FileRow]:
    """A photo's file and whose it is; NotFound when there is none."""
    photo = session.get(ConditionPhoto, photo_id)
    if photo is None:
        raise NotFound(photo_id=photo_id)
    of_it = reservations().where(col(Reservation.id) == photo.reservation_id)
    booked = Loaded(*session.execute(of_it).one())
    return booked, file_row(session, photo.small_id if small else photo.large_id)
