"""Several instruments at once or one after the other: when each is needed, when all are free."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from booking.kernel.errors import RulesBroken, Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.grid import line_at_or_before, past_line

MOST_STEPS: Final = 6
_NOTHING: Final = timedelta(0)
# How finely starts are tried where no instrument has a grid.
_FINEST: Final = timedelta(minutes=5)


class JointRefused(RulesBroken):
    """The steps of a joint booking do not make one; all that is wrong is named."""

    code = "joint.not_well_formed"


@dataclass(frozen=True, slots=True)
class Step:
    """How long an instrument is needed: `after` the end of the step before, or, with None, from
    the same moment on as that step."""

    length: timedelta
    after: timedelta | None = _NOTHING


@dataclass(frozen=True, slots=True)
class Bookable:
    """When an instrument could be had: stretches that are open and free, starts on its grid."""

    free: Sequence[TimeSpan]
    grid: timedelta


def spans_from(start: datetime, steps: Sequence[Step]) -> tuple[TimeSpan, ...]:
    """When each step lies if the first begins at `start`."""
    placed: list[TimeSpan] = []
    for step in steps:
        begins = start
        if placed:
            last = placed[-1]
            begins = last.start if step.after is None else last.end + step.after
        placed.append(TimeSpan(begins, begins + step.length))
    return tuple(placed)


def demand_steps(spans: Sequence[TimeSpan], instrument_ids: Sequence[int]) -> None:
    """JointRefused unless there are at least two steps, not too many, none over another of its
    own instrument."""
    broken = []
    if len(spans) < 2:
        broken.append(Violation("joint.too_few_steps"))
    if len(spans) > MOST_STEPS:
        broken.append(Violation("joint.too_many_steps", {"most": MOST_STEPS}))
    placed = list(zip(instrument_ids, spans, strict=True))
    for n, (instrument_id, span) in enumerate(placed):
        if any(one == instrument_id and span.overlaps(other) for one, other in placed[:n]):
            broken.append(Violation("joint.steps_overlap", {"step": n + 1}))
    if broken:
        raise JointRefused(broken)


def pauses(spans: Sequence[TimeSpan]) -> tuple[timedelta, ...]:
    """How long after the last end before it each step begins; nothing where none came before."""
    return tuple(_pause(one, spans) for one in spans)


def _pause(step: TimeSpan, spans: Sequence[TimeSpan]) -> timedelta:
    ends = [one.end for one in spans if one.end <= step.start]
    return step.start - max(ends) if ends else _NOTHING


@dataclass(frozen=True, slots=True)
class Placed:
    """A step where it lies, and how long it waits at least for the end of the one before."""

    span: TimeSpan
    pause: timedelta = _NOTHING


def keeps_order(step: Placed, to: TimeSpan, others: Iterable[Placed]) -> bool:
    """Whether a step that moves alone still comes before and after the same steps, no closer than
    it must, and still overlaps those that it overlapped."""
    return all(_in_order(step, to, other) for other in others)


def _in_order(step: Placed, to: TimeSpan, other: Placed) -> bool:
    if other.span.end <= step.span.start:
        return other.span.end + step.pause <= to.start
    if step.span.end <= other.span.start:
        return to.end + other.pause <= other.span.start
    return to.overlaps(other.span)


def step_said(violations: Iterable[Violation], step: int) -> tuple[Violation, ...]:
    """The same, with the number of the step that they are about, from 1."""
    return tuple(replace(one, params={**one.params, "step": step}) for one in violations)


def nearest_starts(
    spans: Sequence[TimeSpan],
    bookable: Sequence[Bookable],
    *,
    within: TimeSpan,
    at_most: int = 3,
) -> tuple[datetime, ...]:
    """Moments for the first step from which every step, at the same distance from it as wished,
    finds its instrument free; the closest to the wish first.

    `bookable` is what each step's instrument offers, in the order of the steps. Starts are a step
    of the coarsest grid apart; proposals do not lie over each other.
    """
    wanted = spans[0].start
    every = max(max((one.grid for one in bookable), default=_NOTHING), _FINEST)
    fitting = [
        start
        for start in _lines(within, every)
        if _fits([_moved(one, start - wanted) for one in spans], bookable, within=within)
    ]
    fitting.sort(key=lambda start: (abs(start - wanted), start))
    whole = max(one.end for one in spans) - min(one.start for one in spans)
    chosen: list[datetime] = []
    for start in fitting:
        if len(chosen) < at_most and all(abs(start - other) >= whole for other in chosen):
            chosen.append(start)
    return tuple(chosen)


def _moved(span: TimeSpan, by: timedelta) -> TimeSpan:
    return TimeSpan(span.start + by, span.end + by)


def _lines(within: TimeSpan, every: timedelta) -> Iterator[datetime]:
    line = line_at_or_before(within.start, every)
    while line < within.end:
        if line >= within.start:
            yield line
        line += every


def _fits(spans: Sequence[TimeSpan], bookable: Sequence[Bookable], *, within: TimeSpan) -> bool:
    return all(
        within.contains(span)
        and not past_line(span.start, one.grid)
        and not past_line(span.end, one.grid)
        and any(window.contains(span) for window in one.free)
        for span, one in zip(spans, bookable, strict=True)
    )
