"""Take what was judged: the time with its buffers, on a place and whatever else it needs."""

from sqlmodel import Session

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import HoldReason, take_together
from booking.instruments.queries.holds import free_units
from booking.instruments.queries.rosters import on_duty_throughout
from booking.reservations.actions.taking import Judged, alternatives_of
from booking.reservations.errors import ReservationRefused
from booking.reservations.rules.operators import NONE_FREE, OFF_DUTY


def hold(
    uow: UnitOfWork,
    judged: Judged,
    number: str,
    *,
    first: int | None = None,
    accessories: tuple[int, ...] = (),
) -> int:
    """Take the time with its buffers on one place, `first` if it is free, on every place of
    every part, on the operators, and on every accessory.

    All or nothing; a refusal says what is free instead.
    """
    held = judged.policy.held(judged.demand.span)
    reason = HoldReason.reservation(number)
    places = judged.terms.unit_ids
    operators = operators_for(uow.session, judged)
    try:
        if first in places and first in free_units(uow.session, places, held):
            places = (first,)
        others = (*judged.terms.part_unit_ids, *operators, *accessories)
        place = take_together(uow, places, held, others=others, reason=reason)
    except SlotTaken as taken:
        taken.alternatives = alternatives_of(uow.session, judged)
        raise
    _still_on_duty(uow.session, judged, operators)
    return place


def operators_for(session: Session, judged: Judged) -> tuple[int, ...]:
    """Who operates; refuses with other times when not enough are free, whoever is on duty."""
    crew = judged.demand.crew
    if crew is None:
        return ()
    chosen = crew.chosen()
    if len(chosen) < crew.needed:
        raise ReservationRefused([NONE_FREE], alternatives_of(session, judged))
    return chosen


def _still_on_duty(session: Session, judged: Judged, taken: tuple[int, ...]) -> None:
    """Refuse when a roster was changed while we waited for the operators' time.

    Theirs is locked now, so whoever enters an absence from here on finds this booking.
    """
    crew = judged.demand.crew
    expected = crew.on_duty.intersection(taken) if crew else frozenset()
    if expected and on_duty_throughout(session, sorted(expected), judged.demand.span) < expected:
        raise ReservationRefused([OFF_DUTY], alternatives_of(session, judged))
