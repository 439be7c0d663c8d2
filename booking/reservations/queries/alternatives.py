"""Free time to propose instead: the nearest on the same instrument, then on equivalent ones."""

from collections.abc import Iterable

from sqlmodel import Session

from booking.instruments.queries.holds import spans_by_unit, taken_between
from booking.instruments.rules.availability import free_of_unit
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.errors import Alternative
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.alternatives import nearest_windows, search_span
from booking.reservations.rules.demand import Demand
from booking.reservations.rules.offer import policy_from


def alternatives_to(
    session: Session, terms: BookingTerms, demand: Demand
) -> tuple[Alternative, ...]:
    """What could be booked instead; nothing on an instrument that takes no bookings."""
    if not terms.published:
        return ()
    windows = nearest_windows(_free(session, terms, demand), demand, policy_from(terms))
    return tuple(Alternative(terms.instrument_id, span) for span in windows)


def _free(session: Session, terms: BookingTerms, demand: Demand) -> Iterable[TimeSpan]:
    around = search_span(demand.span, now=demand.asked_at)
    windows = terms.windows_in(around)
    # Holds that end just before the first window still keep their distance from it.
    distance = terms.policy.distance
    reached = around.widened(distance.before + distance.after, distance.before + distance.after)
    taken = spans_by_unit(taken_between(session, terms.instrument_id, reached))
    for held in taken.values():
        yield from free_of_unit(windows, held, distance)
