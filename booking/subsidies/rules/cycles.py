"""Which programmes a period settles, and over which days."""

from collections.abc import Collection, Iterable
from datetime import date

from booking.kernel.periods import Period
from booking.subsidies.rules.programme import Programme

Days = tuple[date, date]
MOST_YEARS = 10


def settled_days(terms: Programme, period: Period) -> Days | None:
    """The settlement cycle that ends with a period; None when none does.

    A month settles every cycle that ends with it, so that a user gets one statement; any longer
    period settles only its own cycle.
    """
    first, until = terms.cycle_span(period.last)
    if until != period.until:
        return None
    is_month = len(period.months()) == 1
    return (first, until) if is_month or first == period.first else None


def cycles_within(terms: Programme, period: Period) -> list[Days]:
    """The settlement cycles that a period touches, cut to its days."""
    found: list[Days] = []
    day = period.first
    while day < period.until:
        _, until = terms.cycle_span(day)
        end = min(until, period.until)
        found.append((day, end))
        day = end
    return found


def due(programmes: Iterable[Programme], period: Period) -> dict[str, list[Programme]]:
    """The versions of each programme that a period settles and that had begun by its end."""
    found: dict[str, list[Programme]] = {}
    for terms in programmes:
        if settled_days(terms, period) and terms.valid_from < period.until:
            found.setdefault(terms.id, []).append(terms)
    return found


def may_be_empty(programmes: Iterable[Programme], period: Period) -> bool:
    """Whether a settlement says something although nothing is due: a programme was in force, and
    either settles with this period or goes on over this month."""
    is_month = len(period.months()) == 1
    return any(
        terms.valid_from < period.until
        and period.first <= terms.valid_to
        and (is_month or settled_days(terms, period))
        for terms in programmes
    )


def months_to_settle(
    first: date | None, ended: Period, *, settled: Collection[Period]
) -> list[Period]:
    """The month that ended, after those before it that nobody settled, from a first day on.

    However far back that day lies, no more than ten years are caught up.
    """
    earliest = ended.first.replace(year=ended.first.year - MOST_YEARS)
    month = Period.month(max(first or ended.first, earliest))
    left: list[Period] = []
    while month.first < ended.first:
        if month not in settled:
            left.append(month)
        month = month.next()
    return [*left, ended]


def statement_number(period: Period, ordinal: int) -> str:
    """`JS-202610-0003`: the period and a running number within it."""
    return f"JS-{period.code.replace('-', '')}-{ordinal:04d}"
