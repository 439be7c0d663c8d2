"""The reference: a month painted minute by minute from what a test invented, layer over layer."""

from collections import Counter
from datetime import date, timedelta

from booking.instruments.models.calendar import ClosureKind
from booking.instruments.rules.opening import DayKind
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.reservations.states import State
from tests.factories.utilisation import MINUTE, Invented

IGNORED = {State.CANCELLED, State.REQUESTED, State.EXPIRED, State.REJECTED}


def painted(month: Period, story: Invented, days: dict[date, DayKind]) -> Counter[str]:
    """Seconds of each share, over all places."""
    total: Counter[str] = Counter()
    for place in range(story.units):
        total += _place(month, story, days, place=place)
    return total


def _place(
    month: Period, story: Invented, days: dict[date, DayKind], *, place: int
) -> Counter[str]:
    length = int(month.span.length / MINUTE)
    paper = ["closed"] * length
    offered = _offered(month, story, days)
    booked = [b for b in story.bookings if b.place == place and b.state not in IGNORED]
    shut = _minutes(month, story, ClosureKind.OTHER)
    maintained = _minutes(month, story, ClosureKind.MAINTENANCE)
    broken = _minutes(month, story, ClosureKind.FAULT)
    opened = offered - shut
    for minute in opened:
        paper[minute] = "idle"
    for minute in _union(month, [b.span for b in booked]) - shut:
        paper[minute] = "booked_unused"
    for minute in maintained:
        paper[minute] = "maintenance" if minute in opened else "closed"
    for minute in _union(month, [b.used for b in booked if b.used]):
        paper[minute] = "used"
    for minute in broken:
        paper[minute] = "fault" if minute in opened else "closed"
    return Counter({share: 60 * number for share, number in Counter(paper).items()})


def _offered(month: Period, story: Invented, days: dict[date, DayKind]) -> set[int]:
    open_minutes: set[int] = set()
    for number in range((month.until - month.first).days):
        day = month.first + timedelta(days=number)
        kind = days.get(day) if story.statutory else None
        weekday = 1 if kind is DayKind.MAKEUP_WORKDAY else day.isoweekday()
        works = kind is not DayKind.HOLIDAY and weekday <= 5
        window = story.exceptions.get(day, story.hours if works else None)
        if window:
            midnight = number * 24 * 60
            open_minutes.update(range(midnight + window[0], midnight + window[1]))
    return open_minutes


def _minutes(month: Period, story: Invented, kind: ClosureKind) -> set[int]:
    spans = []
    for each, span, lifted in story.closures:
        end = min(span.end, lifted) if lifted else span.end
        if each is kind and span.start < end:
            spans.append(TimeSpan(span.start, end))
    return _union(month, spans)


def _union(month: Period, spans: list[TimeSpan]) -> set[int]:
    minutes: set[int] = set()
    for span in spans:
        if piece := span.clipped(month.span):
            first = int((piece.start - month.span.start) / MINUTE)
            minutes.update(range(first, first + int(piece.length / MINUTE)))
    return minutes


def effective_of_quarter(story: Invented) -> tuple[int, int]:
    """All and external effective seconds; for stories that stay within the months asked."""
    done = [b for b in story.bookings if b.state is State.SETTLED and b.used]
    return (
        sum(b.effective_minutes * 60 for b in done),
        sum(b.effective_minutes * 60 for b in done if b.external),
    )
