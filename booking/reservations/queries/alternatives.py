"""Free time to propose instead: the nearest on the same instrument, then on equivalent ones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlmodel import Session

from booking.instruments.queries.cards import equivalent_instruments
from booking.instruments.queries.holds import held_on, spans_by_unit, taken_between
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.availability import free_of_unit
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.errors import Alternative
from booking.kernel.timespan import TimeSpan
from booking.reservations.queries.standing import Asker, counted_bookings
from booking.reservations.rules.alternatives import LOOK_AHEAD, nearest_windows, search_span
from booking.reservations.rules.demand import Demand
from booking.reservations.rules.offer import policy_from
from booking.reservations.rules.training import asks_for_training

AT_MOST = 3
LOOKED_AT = 3


def alternatives_to(
    session: Session, terms: BookingTerms, demand: Demand, *, asker: Asker | None
) -> tuple[Alternative, ...]:
    """What could be booked instead; nothing on an instrument that takes no bookings.

    Quotas are kept in mind for who is known. Whoever lacks a training needs no other time for it.
    """
    policy = policy_from(terms, demand.customer_class)
    untrained = demand.training is None and asks_for_training(demand.mode, policy)
    bookable = terms.published and not untrained
    here = _on(session, terms, demand, asker=asker, at_most=AT_MOST) if bookable else []
    return tuple(here + _elsewhere(session, terms, demand, asker=asker))


def _elsewhere(
    session: Session, terms: BookingTerms, demand: Demand, *, asker: Asker | None
) -> list[Alternative]:
    """The nearest time on each of a few instruments of the same kind that offer the mode."""
    found: list[Alternative] = []
    for other_id in equivalent_instruments(session, terms.instrument_id, limit=LOOKED_AT):
        other = booking_terms(session, other_id, demand.span, around=LOOK_AHEAD)
        trained = not asks_for_training(demand.mode, policy_from(other, demand.customer_class))
        if demand.mode in other.service_modes and trained:
            found += _on(session, other, demand, asker=asker, at_most=1)
    wanted = demand.span.start
    return sorted(found, key=lambda offer: abs(offer.span.start - wanted))


def _on(
    session: Session, terms: BookingTerms, demand: Demand, *, asker: Asker | None, at_most: int
) -> list[Alternative]:
    policy = policy_from(terms, demand.customer_class)
    around = search_span(demand.span, now=demand.asked_at)
    counted = (
        counted_bookings(session, asker, terms.instrument_id, span=around)
        if asker and policy.quotas
        else ()
    )
    free = free_on(session, terms, around, mode=demand.mode)
    wish = replace(demand, counted=counted)
    windows = nearest_windows(free, wish, policy, at_most=at_most)
    return [Alternative(terms.instrument_id, span) for span in windows]


def free_on(
    session: Session, terms: BookingTerms, around: TimeSpan, *, mode: str
) -> Iterable[TimeSpan]:
    """The free time of each place, with an operator where the mode needs one."""
    windows = terms.windows_in(around)
    # Holds that end just before the first window still keep their distance from it.
    distance = terms.policy.distance
    reached = around.widened(distance.before + distance.after, distance.before + distance.after)
    taken = spans_by_unit(taken_between(session, terms.instrument_id, reached))
    operators = _held_by_operator(session, terms.operators_for(mode), reached)
    for held in taken.values():
        for busy in operators:
            yield from free_of_unit(windows, [*held, *busy], distance)


def _held_by_operator(
    session: Session, operator_ids: Sequence[int], span: TimeSpan
) -> Sequence[Sequence[TimeSpan]]:
    """When each operator is busy; where none is needed, one who never is."""
    if not operator_ids:
        return [()]
    held = [hold for _, hold in held_on(session, operator_ids, span)]
    return [[one.span for one in held if one.unit_id == unit] for unit in operator_ids]
