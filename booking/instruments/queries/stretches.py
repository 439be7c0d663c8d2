"""All free time of a few instruments: what is nearest to a wish is chosen from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from booking.instruments.queries.offers import Offers, duty_of, offered_by, operators_of
from booking.instruments.queries.remembered import Memory, remembered
from booking.instruments.queries.taken import taken_on
from booking.instruments.rules.shapes import SlotPolicy
from booking.instruments.rules.slots import Seconds, moment_of, seconds, without
from booking.kernel.timespan import TimeSpan


@dataclass(frozen=True, slots=True)
class Asking:
    """Now, and the mode."""

    now: datetime
    mode: str


@dataclass(frozen=True, slots=True)
class FreeTime:
    """When a published instrument is free under a policy: once for each place and operator that
    may serve.

    What begins before `before` lies under the policy, whenever it ends.
    """

    instrument_id: int
    provider_id: int
    modes: frozenset[str]
    policy: SlotPolicy
    before: datetime
    stretches: Sequence[TimeSpan]


def free_time(
    session: Session,
    ids: Sequence[int],
    span: TimeSpan,
    *,
    asking: Asking,
    memory: Memory | None = None,
) -> list[FreeTime]:
    """The free time within a span, in the order asked; of each instrument policy by policy, as they
    come into force.

    Where the mode needs an operator, only while one is on duty. As many statements for many as for
    one. What an instrument says to a class is left to the asker.
    """
    memory = memory or Memory()
    known = {one.instrument_id: one for one in remembered(session, ids, memory)}
    asked = [known[one] for one in ids if one in known]
    if not asked:
        return []
    offers = Offers(
        session, length=timedelta(0), span=span, by_policy=False, learned=memory.learned
    )
    first, until = seconds(span.start), seconds(span.end)
    policies = {one.instrument_id: one.shape.policies_between(first, until) for one in asked}
    serving = {one.instrument_id: operators_of(one, asking.mode) for one in asked}
    reach = max(policy.before + policy.after for some in policies.values() for _, policy in some)
    units = {
        unit for one in asked for unit in (*one.units, *one.parts, *serving[one.instrument_id])
    }
    duty = duty_of(session, (unit for some in serving.values() for unit in some), span)
    held = taken_on(session, list(units), first=first - reach, until=until + reach)
    opened: dict[tuple[int, SlotPolicy], list[Seconds]] = {}
    found = []
    for one in asked:
        operators = serving[one.instrument_id]
        ends = [*(since for since, _ in policies[one.instrument_id][1:]), until]
        for (since, policy), end in zip(policies[one.instrument_id], ends, strict=True):
            # Shapes are few and shared.
            key = (id(one.shape), policy)
            if key not in opened:
                opened[key] = offers.windows(one.shape, policy)
            windows = without(opened[key], one.broken(seconds(asking.now)))
            offered = offered_by(one, policy, windows, held=held, operators=operators, duty=duty)
            free = [
                TimeSpan(moment_of(max(opens, since)), moment_of(closes))
                for opens, closes in offered.stretches()
                if opens < end and since < closes
            ]
            found.append(
                FreeTime(
                    one.instrument_id, one.provider_id, one.modes, policy, moment_of(end), free
                )
            )
    return found
