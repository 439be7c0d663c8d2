"""Who decides when an instrument is open, and why it is closed: the one place that lays the layers
over each other.

The nearest that says something about a day wins: the instrument's own day, its lab's, the zone's,
the statutory calendar, the weekly hours. Weekly hours are the instrument's own or, where it has
none, its lab's. A window over midnight belongs to the day on which it opens, for every layer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from booking.instruments.rules.opening import (
    DayKind,
    Hours,
    Schedule,
    StatutoryCalendar,
    open_windows,
)
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan

Week = Mapping[int, tuple[Hours, ...]]
WeekRow = tuple[int, int, int]
DayRow = tuple[date, int | None, int | None, str]
D = TypeVar("D")


class Decider(StrEnum):
    """Which layer decides about a day."""

    INSTRUMENT = "instrument"
    LAB = "lab"
    ZONE = "zone"
    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"
    UNKNOWN_YEAR = "unknown_year"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class DaySaid:
    """What a layer says about one day: its windows (none: closed), and why."""

    windows: tuple[Hours, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """What an instrument, a lab or the zone says by itself; the zone has no weekly hours."""

    week: Week = field(default_factory=dict)
    days: Mapping[date, DaySaid] = field(default_factory=dict)

    @classmethod
    def of(cls, week: Iterable[WeekRow] = (), days: Iterable[DayRow] = ()) -> "Layer":
        """A layer from rows: windows by weekday, and by day with its reason (no window: closed)."""
        weekly: dict[int, tuple[Hours, ...]] = {}
        for weekday, opens, closes in week:
            weekly[weekday] = (*weekly.get(weekday, ()), Hours(opens, closes))
        dated: dict[date, DaySaid] = {}
        for day, opens_at, closes_at, reason in days:
            windows = dated[day].windows if day in dated else ()
            if opens_at is not None and closes_at is not None:
                windows = (*windows, Hours(opens_at, closes_at))
            dated[day] = DaySaid(windows, reason)
        return cls(weekly, dated)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides about a day, in whose words, and the windows that open on it."""

    day: date
    decider: Decider
    words: str
    windows: tuple[Hours, ...]

    @property
    def is_usual(self) -> bool:
        return self.decider is Decider.WEEK


NOTHING: Final = Layer()


@dataclass(frozen=True, slots=True)
class Layers:
    """Everything that is said about an instrument's days, the nearest first."""

    own: Layer = NOTHING
    lab: Layer = NOTHING
    zone: Layer = NOTHING
    calendar: StatutoryCalendar | None = None

    @property
    def schedule(self) -> Schedule:
        """All of it as one value, for whoever only asks when it is open."""
        days = nearest(self.own.days, self.lab.days, self.zone.days)
        return Schedule(
            week=week_of(self.own.week, self.lab.week),
            exceptions={day: said.windows for day, said in days.items()},
            calendar=self.calendar,
        )

    def decision(self, day: date) -> Decision:
        """Who decides about a day."""
        for decider, layer in (
            (Decider.INSTRUMENT, self.own),
            (Decider.LAB, self.lab),
            (Decider.ZONE, self.zone),
        ):
            if day in layer.days:
                said = layer.days[day]
                return Decision(day, decider, said.reason, said.windows)
        decider, name = self._on_calendar(day)
        return Decision(day, decider, name, self.schedule.on(day))

    def first_closed(self, span: TimeSpan) -> Decision | None:
        """Who closes the first closed moment of a span."""
        closed = span.minus(open_windows(self.schedule, span))
        return self.decision(local(closed[0].start).date()) if closed else None

    def _on_calendar(self, day: date) -> tuple[Decider, str]:
        if self.calendar is None:
            return Decider.WEEK, ""
        if day.year not in self.calendar.years:
            return Decider.UNKNOWN_YEAR, ""
        match self.calendar.days.get(day):
            case DayKind.HOLIDAY:
                decider = Decider.HOLIDAY
            case DayKind.MAKEUP_WORKDAY:
                decider = Decider.MAKEUP_WORKDAY
            case _:
                return Decider.WEEK, ""
        return decider, self.calendar.names.get(day, "")


def nearest(*layers: Mapping[date, D]) -> dict[date, D]:
    """What the nearest layer that says something says about each day; the first is the nearest."""
    return {day: said for layer in reversed(layers) for day, said in layer.items()}


def week_of(own: Week, lab: Week) -> Week:
    """An instrument's own weekly hours, or its lab's where it has none."""
    return own or lab


def unusual(layers: Layers, days: Iterable[date]) -> Sequence[Decision]:
    """The days about which something else than the weekly hours decides."""
    decided = (layers.decision(day) for day in days)
    return [decision for decision in decided if not decision.is_usual]
