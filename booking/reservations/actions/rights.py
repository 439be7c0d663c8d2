"""Who stands on which side of a reservation: the lab that hosts it, or those it was made for."""

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import Forbidden, NotFound
from booking.reservations.queries.loading import Loaded, reservation_for_update


def hosts(actor: Actor, booked: Loaded) -> bool:
    """Runs the lab: checks in and out, records, confirms for the host."""
    return _in_lab(actor, booked, Permission.RESERVATION_HOST)


def decides(actor: Actor, booked: Loaded) -> bool:
    """May promise the lab's time, or take a promise back."""
    return _in_lab(actor, booked, Permission.RESERVATION_DECIDE)


def is_centre(actor: Actor) -> bool:
    """Decides for the centre, on neither side."""
    return actor.reach(Permission.RESERVATION_DECIDE).everywhere


def uses(actor: Actor, booked: Loaded) -> bool:
    """The holder while one of the organisation's people, or whoever manages it."""
    reservation = booked.reservation
    return is_users(
        actor, holder_id=reservation.holder_id, organisation_id=reservation.organisation_id
    )


def is_users(actor: Actor, *, holder_id: int, organisation_id: int) -> bool:
    """The same of a reservation that is only looked at."""
    if holder_id == actor.id and organisation_id in actor.organisation_ids:
        # A token of the holder acts within its scopes only.
        return actor.may(Permission.RESERVATION_USE) or actor.may(Permission.RESERVATION_CREATE)
    return actor.may_for(
        Permission.ORGANISATION_MANAGE, organisation_id=organisation_id
    ) and actor.may_for(Permission.RESERVATION_USE, organisation_id=organisation_id)


def behalf(actor: Actor, booked: Loaded) -> str:
    """For facts: the holder, when a colleague who is not of the lab does what is the holder's."""
    holder_id = booked.reservation.holder_id
    for_holder = holder_id != actor.id and not hosts(actor, booked) and uses(actor, booked)
    return f"user:{holder_id}" if for_holder else ""


def reads(actor: Actor, booked: Loaded) -> bool:
    """May know of it at all: its people, its lab, the centre."""
    reach = actor.reach(Permission.RESERVATION_READ)
    return (
        booked.reservation.holder_id == actor.id
        or reach.everywhere
        or booked.reservation.organisation_id in reach.organisation_ids
        or hosts(actor, booked)
    )


def sees_condition(actor: Actor, booked: Loaded) -> bool:
    """Looks at photos of the instrument: those who use it and its lab, not whoever reads it all."""
    hosting = actor.reach(Permission.RESERVATION_HOST)
    reading = actor.reach(Permission.RESERVATION_READ)
    return (
        uses(actor, booked)
        or booked.reservation.organisation_id in reading.organisation_ids
        or booked.lab_id in hosting.lab_ids
        or booked.provider_id in hosting.organisation_ids
    )


def locked_for(session: Session, number: str, actor: Actor) -> Loaded:
    """The reservation, locked; not found by whoever may not know of it."""
    booked = reservation_for_update(session, number)
    if not reads(actor, booked):
        raise NotFound(number=number)
    return booked


def demand_right(may: bool, permission: Permission) -> None:  # noqa: FBT001 - reads as a demand
    """Known to the actor, but not theirs to do."""
    if not may:
        raise Forbidden(permission=permission.value)


def _in_lab(actor: Actor, booked: Loaded, permission: Permission) -> bool:
    return actor.may_for(permission, organisation_id=booked.provider_id, lab_id=booked.lab_id)
