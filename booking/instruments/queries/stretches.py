"""All free time of a few instruments: what is nearest to a wish is chosen from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from booking.instruments.queries.offers import Offers, duty_of, offered_by, operators_of
from booking.instruments.queries.remembered import Memory, remembered
from booking.instruments.queries.taken import taken_on
from booking.instruments.rules.shapes import SlotPolicy
from booking.instruments.rules.slots import moment_of, seconds, without
from booking.kernel.timespan import TimeSpan


@dataclass(frozen=True, slots=True)
class Asking:
    """Now, the moment whose policies hold, and the mode."""

    now: datetime
    at: datetime
    mode: str


@dataclass(frozen=True, slots=True)
class FreeTime:
    """When a published instrument is free: once for each place and operator that may serve."""

    instrument_id: int
    provider_id: int
    modes: frozenset[str]
    policy: SlotPolicy
    stretches: Sequence[TimeSpan]


def free_time(
    session: Session, ids: Sequence[int], span: TimeSpan, *, asking: Asking
) -> list[FreeTime]:
    """The free time within a span under the policies in force at a moment, in the order asked.

    Where the mode needs an operator, only while one is on duty. As many statements for many as for
    one. What an instrument says to a class is left to the asker.
    """
    memory = Memory()
    known = {one.instrument_id: one for one in remembered(session, ids, memory)}
    asked = [known[one] for one in ids if one in known]
    if not asked:
        return []
    offers = Offers(
        session, length=timedelta(0), span=span, by_policy=False, learned=memory.learned
    )
    policies = {one.instrument_id: one.shape.policy_at(seconds(asking.at)) for one in asked}
    serving = {one.instrument_id: operators_of(one, asking.mode) for one in asked}
    reach = max(policy.before + policy.after for policy in policies.values())
    units = {
        unit for one in asked for unit in (*one.units, *one.parts, *serving[one.instrument_id])
    }
    duty = duty_of(session, (unit for some in serving.values() for unit in some), span)
    held = taken_on(
        session,
        list(units),
        first=seconds(span.start) - reach,
        until=seconds(span.end) + reach,
    )
    found = []
    for one in asked:
        policy = policies[one.instrument_id]
        windows = without(offers.windows(one.shape, policy), one.broken(seconds(asking.now)))
        operators = serving[one.instrument_id]
        offered = offered_by(one, policy, windows, held=held, operators=operators, duty=duty)
        free = [TimeSpan(moment_of(start), moment_of(end)) for start, end in offered.stretches()]
        found.append(FreeTime(one.instrument_id, one.provider_id, one.modes, policy, free))
    return found
