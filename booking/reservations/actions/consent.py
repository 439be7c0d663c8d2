"""What a lab changes of somebody else's booking by itself, and what it can only propose."""

from collections.abc import Sequence

from sqlmodel import Session

from booking.access.actor import Actor
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.life import demand_reason
from booking.reservations.actions.rights import uses
from booking.reservations.errors import ConsentMissing
from booking.reservations.queries.loading import Loaded
from booking.reservations.queries.scheduled import left_to_the_lab, scheduled_by_lab
from booking.reservations.states import State


def changes_for_others(actor: Actor, booked: Loaded) -> bool:
    """Whether those who use the booking are others than whoever changes it, and not of the lab's
    own organisation."""
    own = booked.reservation.organisation_id == booked.provider_id
    return not own and not uses(actor, booked)


def demand_consent(session: Session, booked: Loaded, span: TimeSpan, *, reason: str) -> None:
    """ConsentMissing where the lab would take other or more time than was booked.

    Less time stays the lab's to decide, and so does the moment of what it is entrusted with. While
    the company works there is no time to propose anything: then more of it needs a reason.
    """
    before, reservation = booked.span, booked.reservation
    if span.start == before.start and span.end <= before.end:
        return
    by_lab = scheduled_by_lab(session, reservation)
    if reservation.state is State.IN_USE and not by_lab:
        demand_reason(reason)
    elif span.length > before.length or not by_lab:
        raise ConsentMissing


def demand_consent_to_each(session: Session, moves: Sequence[tuple[Loaded, TimeSpan]]) -> None:
    """The same of several bookings that have not begun."""
    more = [
        (booked.reservation.key, span.length > booked.span.length)
        for booked, span in moves
        if span.start != booked.span.start or span.end > booked.span.end
    ]
    left_to_lab = left_to_the_lab(session, [key for key, _ in more])
    if any(longer or key not in left_to_lab for key, longer in more):
        raise ConsentMissing


def demand_not_dearer(booked: Loaded, was_fen: int) -> None:
    """ConsentMissing where a booking that is still ahead would cost more than was agreed."""
    ahead = booked.reservation.state is not State.IN_USE
    if ahead and booked.reservation.quoted_fen > was_fen:
        raise ConsentMissing
