"""How much one person, and one organisation, may book in a period.

Periods are local days, ISO weeks (from Monday) and calendar months. Hours count where they fall,
cut at the period's edge; a booking counts once in every period it touches. `open` adds up what is
booked and not used yet. Hours of bookings that a relief spares are not added up; a missed booking
and one that was given back late are never spared.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Final

from booking.kernel.clock import local
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan, local_midnight
from booking.reservations.rules.demand import Counted, Demand, Measure, Policy, Quota, Within
from booking.reservations.rules.figures import hours_text
from booking.reservations.rules.relief import Relief
from booking.reservations.states import COUNTING, State

_DAY = timedelta(days=1)
# Of one quota; a wish for so many days is far too long, and says so.
MOST_TOLD: Final = 31
# The unit of both measures: a counted booking weighs as much as an hour, so limits compare alike.
_ONE = timedelta(hours=1)


def within_quotas(demand: Demand, policy: Policy) -> Iterator[Violation]:
    is_spared = policy.relief.spares(demand.span, demand.made_at or demand.asked_at)
    for quota in policy.quotas:
        if not (is_spared and quota.measure is Measure.HOURS):
            yield from islice(_exceeded(quota, demand, policy.relief), MOST_TOLD)


def counts(state: State, *, late: bool) -> bool:
    """Free cancellations do not count; late ones and no-shows do."""
    return state in COUNTING or (state is State.CANCELLED and late)


def span_to_count(span: TimeSpan) -> TimeSpan:
    """All time in which other bookings can weigh on this one: its days, weeks and months whole."""
    periods = [p for within in (Within.WEEK, Within.MONTH) for p in periods_touched(span, within)]
    return TimeSpan(min(p.start for p in periods), max(p.end for p in periods))


def periods_touched(span: TimeSpan, within: Within) -> tuple[TimeSpan, ...]:
    """The days, weeks or months that share time with a span, in order."""
    touched: list[TimeSpan] = []
    day = local(span.start).date()
    while True:
        first, until = _period_of(day, within)
        period = TimeSpan(local_midnight(first), local_midnight(until))
        if period.start >= span.end:
            return tuple(touched)
        touched.append(period)
        day = until


def _exceeded(quota: Quota, demand: Demand, relief: Relief) -> Iterator[Violation]:
    """Every period that would be too full, for each has to have room."""
    others = [one.span for one in demand.counted if _weighs(one, quota, relief)]
    for period in _periods(quota, demand.span):
        used = _amount([*others, demand.span], quota.measure, period)
        if used > quota.limit * _ONE:
            yield Violation(f"quota.{quota.per}", _params(quota, period, others), overridable=True)


def _weighs(one: Counted, quota: Quota, relief: Relief) -> bool:
    if not one.belongs_to(quota.per) or (quota.period is Within.OPEN and not one.is_open):
        return False
    by_hours = quota.measure is Measure.HOURS
    return not (by_hours and one.stands and relief.spares(one.span, one.made_at))


def _periods(quota: Quota, span: TimeSpan) -> tuple[TimeSpan | None, ...]:
    return (None,) if quota.period is Within.OPEN else periods_touched(span, quota.period)


def _amount(spans: Iterable[TimeSpan], measure: Measure, period: TimeSpan | None) -> timedelta:
    shares = [span if period is None else span.clipped(period) for span in spans]
    present = [share for share in shares if share is not None]
    if measure is Measure.COUNT:
        return _ONE * len(present)
    return sum((share.length for share in present), timedelta(0))


def _params(quota: Quota, period: TimeSpan | None, others: list[TimeSpan]) -> dict[str, object]:
    used = _amount(others, quota.measure, period)
    return {
        "measure": quota.measure,
        "period": quota.period,
        "limit": quota.limit,
        "used": hours_text(used),
        "from": local(period.start).date() if period else None,
        "during": [quota.period, *_named(quota.period, period)],
    }


def _named(within: Within, period: TimeSpan | None) -> Iterator[str]:
    """Which day, week or month, written alike in every language."""
    if period is None:
        return
    first, last = local(period.start).date(), local(period.end).date() - _DAY
    if within is Within.MONTH:
        yield f"{first:%Y-%m}"
    else:
        yield f"{first}" if first == last else f"{first} – {last}"


def _period_of(day: date, within: Within) -> tuple[date, date]:
    if within is Within.DAY:
        return day, day + _DAY
    if within is Within.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)
