"""Free time to propose instead: the nearest on the same instrument, then on equivalent ones."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from sqlmodel import Session

from booking.instruments.queries.cards import equivalent_instruments
from booking.instruments.queries.stretches import Asking, FreeTime, free_time
from booking.instruments.rules.customer import Customer
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.errors import Alternative
from booking.kernel.timespan import TimeSpan
from booking.reservations.queries.missing import Along, missing_units, offering_all
from booking.reservations.queries.standing import Asker, counted_on
from booking.reservations.rules.alternatives import nearest_apart, nearest_windows, search_span
from booking.reservations.rules.demand import Counted, Demand, Policy
from booking.reservations.rules.funds import funds_suffice
from booking.reservations.rules.offer import policy_of_time
from booking.reservations.rules.training import asks_for_training

AT_MOST = 3
LOOKED_AT = 3
_NOTHING = Along()


def alternatives_to(
    session: Session,
    terms: BookingTerms,
    demand: Demand,
    *,
    customer: Customer,
    asker: Asker | None,
    along: Along = _NOTHING,
) -> tuple[Alternative, ...]:
    """What could be booked instead; nothing on an instrument that takes no bookings.

    Whose time it is looked for may be at home here and a guest elsewhere: each instrument's rules
    are those of the class there. Quotas and gaps are kept in mind for who is known. Whoever lacks a
    training, or money paid in advance, needs no other time for it. Who operates by name, and the
    accessories, are free then too, but for what a booking that moves holds of them itself.
    """
    here = terms.instrument_id
    others = equivalent_instruments(session, here, limit=LOOKED_AT)
    around = search_span(demand.span, now=demand.asked_at)
    asking = Asking(demand.asked_at, demand.mode)
    found = free_time(session, [here, *others], around, asking=asking)
    named = (*(demand.crew.named if demand.crew else ()), *along.accessories)
    if named:
        found = _with_all(session, found, named, around=around, but=along.number)
    wishes = [
        (free, replace(demand, customer_class=customer.class_at(free.provider_id)))
        for free in found
    ]
    offers = [
        (free, wish, policy)
        for free, wish in wishes
        if _serves(
            free,
            policy := policy_of_time(
                free.policy,
                wish.customer_class,
                tariff=terms.tariff if free.instrument_id == here else None,
            ),
            wish,
            here=here,
        )
    ]
    limited = [(free.instrument_id, policy) for free, _, policy in offers if policy.counts_others]
    counted = _counted(session, asker, limited, around=around) if asker and limited else {}
    proposed = []
    for one, each in groupby(offers, key=lambda offer: offer[0].instrument_id):
        most = AT_MOST if one == here else 1
        spans = [
            span
            for free, wish, policy in each
            for span in nearest_windows(
                free.stretches,
                replace(wish, counted=counted.get(one, ())),
                policy,
                before=free.before,
                at_most=most,
            )
        ]
        nearest = nearest_apart(spans, demand.span.start, at_most=most)
        proposed += [Alternative(one, span) for span in nearest]
    return tuple(_here_first(proposed, demand, here=here))


def _with_all(
    session: Session,
    found: Sequence[FreeTime],
    named: Sequence[int],
    *,
    around: TimeSpan,
    but: str,
) -> list[FreeTime]:
    """What of the free time they could all be there too, on instruments that they belong to."""
    able = offering_all(session, named, {one.instrument_id for one in found})
    missing = missing_units(session, named, around, but=but)
    return [
        replace(
            one,
            stretches=[
                left
                for stretch in one.stretches
                for left in stretch.minus(missing.kept_from(one.policy))
            ],
        )
        for one in found
        if one.instrument_id in able
    ]


def _counted(
    session: Session, asker: Asker, limited: Sequence[tuple[int, Policy]], *, around: TimeSpan
) -> dict[int, tuple[Counted, ...]]:
    """What they have booked where that counts."""
    ids = sorted({instrument_id for instrument_id, _ in limited})
    furthest = max((policy.near(around) for _, policy in limited), key=lambda near: near.length)
    return counted_on(session, asker, ids, span=furthest)


def _serves(free: FreeTime, policy: Policy, demand: Demand, *, here: int) -> bool:
    """Whether another time there would do: a permission is known for the instrument asked only."""
    untrained = asks_for_training(demand.mode, policy)
    if free.instrument_id == here:
        unpaid = any(funds_suffice(demand, policy))
        return not (unpaid or (untrained and demand.training is None))
    return demand.mode in free.modes and not untrained


def _here_first(proposed: list[Alternative], demand: Demand, *, here: int) -> Iterator[Alternative]:
    """Here in the order found, then elsewhere the nearest first."""
    yield from (one for one in proposed if one.instrument_id == here)
    elsewhere = (one for one in proposed if one.instrument_id != here)
    wanted = demand.span.start
    yield from sorted(elsewhere, key=lambda offer: abs(offer.span.start - wanted))
