"""What the figures of an instrument advise, each with the numbers that say so.

Every rule is a pure function of one instrument's record; below a minimum of data nothing is said.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from booking.utilisation.rules.indicators import HOUR, NATIONAL_EXTERNAL_HOURS
from booking.utilisation.rules.unmet import Sum
from booking.utilisation.rules.week import Hour

# A year of weeks, for averages that are told by year.
WEEKS = 52


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something is said; hours, numbers and per cent."""

    # Fewer hours that were wanted in vain, or fewer bookings, say nothing.
    least_hours: int = 8
    least_bookings: int = 10
    least_weeks: int = 8
    longer_percent: int = 25
    missed_percent: int = 10
    full_percent: int = 80
    idle_percent: int = 50
    repair_hours: int = 24
    reach_hours: int = 2


class AdviceKind(StrEnum):
    """What could be done."""

    OPEN_DAY = "open_day"
    OPEN_HOURS = "open_hours"
    SHORTEN = "shorten"
    CONFIRM = "confirm"
    OUTSIDE = "outside"
    PROMISE = "promise"
    SECOND_PLACE = "second_place"
    SIBLING = "sibling"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another instrument of the same class, and what part of each hour of the week it is idle."""

    id: int
    name: str
    idle: Mapping[Hour, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """Outside hours that a loan promised for the year that runs, and how far it has come.

    Times in seconds and weeks; `last` is the last day of that year.
    """

    promised: int
    delivered: int
    weeks_gone: Fraction
    weeks_left: Fraction
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one instrument in a period; times in seconds."""

    id: int
    name: str
    weeks: Fraction = Fraction(0)
    open: int = 0
    taken: int = 0
    external: int = 0
    reservations: int = 0
    missed: int = 0
    faults: int = 0
    fault: int = 0
    lost: Sum = field(default_factory=Sum)
    # The same by hour of the week, and those hours in which it is open; None where nobody looked.
    by_hour: Mapping[Hour, Sum] = field(default_factory=dict)
    opens: frozenset[Hour] | None = None
    uses: int = 0
    booked_for_uses: int = 0
    used: int = 0
    siblings: tuple[Sibling, ...] = ()
    promised: tuple[Promised, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about one instrument, and the figures that it is drawn from.

    `seconds` is how much time it is about: what counts most comes first.
    """

    kind: AdviceKind
    instrument_id: int
    name: str
    seconds: int
    figures: Mapping[str, Fraction | int | str]


Rule = Callable[[Record, Thresholds], Iterator[Advice]]


def open_when_closed(of: Record, at: Thresholds) -> Iterator[Advice]:
    """Days without opening hours, or hours outside them, that were asked for often enough."""
    if of.opens is None:
        return
    by_day: dict[int, dict[int, int]] = defaultdict(dict)
    for (day, hour), lost in of.by_hour.items():
        if lost.closed and (day, hour) not in of.opens:
            by_day[day][hour] = lost.closed
    for day, hours in sorted(by_day.items()):
        seconds = sum(hours.values())
        if seconds < at.least_hours * HOUR:
            continue
        closed = all(opened != day for opened, _ in of.opens)
        kind = AdviceKind.OPEN_DAY if closed else AdviceKind.OPEN_HOURS
        said = {"weekday": day, "from_hour": min(hours), "until_hour": max(hours) + 1}
        yield Advice(kind, of.id, of.name, seconds, {"refused_hours": _hours(seconds), **said})


def book_as_long_as_used(of: Record, at: Thresholds) -> Iterator[Advice]:
    """Bookings that are longer than what they are used for keep others out."""
    if of.uses < at.least_bookings or not of.used:
        return
    longer = Fraction(of.booked_for_uses, of.used) - 1
    if longer * 100 >= at.longer_percent:
        said: dict[str, Fraction | int | str] = {
            "longer_percent": longer * 100,
            "booked_hours": _hours(of.booked_for_uses),
            "used_hours": _hours(of.used),
            "uses": of.uses,
        }
        yield Advice(AdviceKind.SHORTEN, of.id, of.name, of.booked_for_uses - of.used, said)


def keep_what_is_booked(of: Record, at: Thresholds) -> Iterator[Advice]:
    """Bookings that nobody comes for: ask once more beforehand, or ask for a deposit."""
    if of.reservations < max(at.least_bookings, 1) or not of.missed:
        return
    missed = Fraction(100 * of.missed, of.reservations)
    if missed >= at.missed_percent:
        said: dict[str, Fraction | int | str] = {
            "missed_percent": missed,
            "missed": of.missed,
            "bookings": of.reservations,
        }
        average = of.taken // of.reservations
        yield Advice(AdviceKind.CONFIRM, of.id, of.name, of.missed * average, said)


def serve_outside(of: Record, at: Thresholds) -> Iterator[Advice]:
    """A little more for companies outside would reach the national average of such hours."""
    if not of.weeks or of.weeks < at.least_weeks or not of.external:
        return
    weekly = _hours(of.external) / of.weeks
    more = Fraction(NATIONAL_EXTERNAL_HOURS, WEEKS) - weekly
    if 0 < more <= at.reach_hours:
        said: dict[str, Fraction | int | str] = {
            "more_hours": more,
            "weekly_hours": weekly,
            "external_hours": _hours(of.external),
            "national_hours": NATIONAL_EXTERNAL_HOURS,
        }
        yield Advice(AdviceKind.OUTSIDE, of.id, of.name, int(more * of.weeks * HOUR), said)


def keep_the_promise(of: Record, at: Thresholds) -> Iterator[Advice]:
    """Outside hours promised with a loan that would be missing at the present pace."""
    for one in of.promised:
        if one.weeks_gone < at.least_weeks or one.weeks_left <= 0:
            continue
        weekly = _hours(one.delivered) / one.weeks_gone
        more = _hours(one.promised - one.delivered) / one.weeks_left - weekly
        if more > 0:
            said: dict[str, Fraction | int | str] = {
                "more_hours": more,
                "weekly_hours": weekly,
                "promised_hours": _hours(one.promised),
                "external_hours": _hours(one.delivered),
                "last": one.last.isoformat(),
            }
            yield Advice(
                AdviceKind.PROMISE, of.id, of.name, int(more * one.weeks_left * HOUR), said
            )


def relieve_when_full(of: Record, at: Thresholds) -> Iterator[Advice]:
    """Often full, and more was wanted: another of its class that idles then, or a second place."""
    wanted = of.lost.occupied + of.lost.waited
    if not (of.open and wanted) or wanted < at.least_hours * HOUR:
        return
    full = Fraction(100 * of.taken, of.open)
    if full < at.full_percent:
        return
    said: dict[str, Fraction | int | str] = {"full_percent": full, "refused_hours": _hours(wanted)}
    idle = [(_idle_when_wanted(of, one), one) for one in of.siblings]
    share, sibling = max(idle, key=lambda each: each[0], default=(Fraction(0), None))
    if sibling is not None and share * 100 >= at.idle_percent:
        said |= {"sibling": sibling.name, "sibling_id": sibling.id, "idle_percent": share * 100}
        yield Advice(AdviceKind.SIBLING, of.id, of.name, wanted, said)
        return
    yield Advice(AdviceKind.SECOND_PLACE, of.id, of.name, wanted, said)


def repair_sooner(of: Record, at: Thresholds) -> Iterator[Advice]:
    """Faults that take long to mend, by open hours lost."""
    if not of.faults:
        return
    mean = _hours(of.fault) / of.faults
    if mean >= at.repair_hours:
        said: dict[str, Fraction | int | str] = {
            "repair_hours": mean,
            "faults": of.faults,
            "refused_hours": _hours(of.lost.broken),
        }
        yield Advice(AdviceKind.REPAIR, of.id, of.name, of.fault, said)


RULES: tuple[Rule, ...] = (
    open_when_closed,
    book_as_long_as_used,
    keep_what_is_booked,
    serve_outside,
    keep_the_promise,
    relieve_when_full,
    repair_sooner,
)


def advice_from(records: Iterable[Record], at: Thresholds) -> list[Advice]:
    """Everything that is to be said; what is about most time first."""
    found = [one for record in records for rule in RULES for one in rule(record, at)]
    return sorted(found, key=lambda one: (-one.seconds, one.instrument_id, one.kind.value))


def _idle_when_wanted(of: Record, sibling: Sibling) -> Fraction:
    """What part of the time that was wanted in vain the other one is idle."""
    wanted = {hour: lost.occupied + lost.waited for hour, lost in of.by_hour.items()}
    served = sum(seconds * sibling.idle.get(hour, Fraction(0)) for hour, seconds in wanted.items())
    return Fraction(served, sum(wanted.values()) or 1)


def _hours(seconds: int) -> Fraction:
    return Fraction(seconds, HOUR)
