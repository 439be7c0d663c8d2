"""Show how the instrument looked before or after a use."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import ReceivedPicture, keep
from booking.reservations.actions.life import fact, illegal
from booking.reservations.actions.rights import (
    behalf,
    demand_right,
    hosts,
    locked_for,
    sees_condition,
    uses,
)
from booking.reservations.errors import TooManyPhotos
from booking.reservations.events import ConditionShown
from booking.reservations.models.photo import ConditionPhoto
from booking.reservations.queries.photos import photos_taken
from booking.reservations.states import Action, State, Taken

MOST_PHOTOS: Final = 4
# What is settled is not argued about any more.
SHOWN_IN: Final[Mapping[Taken, frozenset[State]]] = {
    Taken.BEFORE: frozenset({State.CONFIRMED, State.IN_USE}),
    Taken.AFTER: frozenset({State.IN_USE, State.COMPLETED, State.DISPUTED}),
}


def show_condition(
    uow: UnitOfWork,
    number: str,
    sent: ReceivedPicture,
    *,
    taken: Taken,
    actor: Actor,
    now: datetime,
) -> ConditionPhoto:
    """Keep one more photo, for the company and the lab to look at."""
    booked = locked_for(uow.session, number, actor)
    may = sees_condition(actor, booked) and (hosts(actor, booked) or uses(actor, booked))
    demand_right(may, Permission.RESERVATION_USE)
    reservation = booked.reservation
    if reservation.state not in SHOWN_IN[taken]:
        before = taken is Taken.BEFORE
        raise illegal(reservation, Action.CHECK_IN if before else Action.CHECK_OUT)
    if photos_taken(uow.session, reservation.key, taken) >= MOST_PHOTOS:
        raise TooManyPhotos(most=MOST_PHOTOS)
    large, small = (
        keep(uow, one, uploaded_by=actor.id, now=now) for one in (sent.large, sent.small)
    )
    photo = ConditionPhoto(
        reservation_id=reservation.key,
        taken=taken,
        large_id=large.key,
        small_id=small.key,
        added_by=actor.id,
        added_at=now,
    )
    uow.session.add(photo)
    uow.session.flush()
    told = fact(
        booked,
        now=now,
        actor_id=actor.id,
        changes={"photo": (None, taken.value)},
        on_behalf_of=behalf(actor, booked),
    )
    uow.announce(ConditionShown(**told))
    return photo
