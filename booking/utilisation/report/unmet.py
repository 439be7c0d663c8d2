"""Unmet demand of a period: by hour of the week, by whose instruments, and the wishes behind it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from sqlmodel import Session

from booking.kernel.timespan import TimeSpan
from booking.utilisation.queries.kept import Owned
from booking.utilisation.queries.owners import owners_in_sight
from booking.utilisation.queries.unmet import (
    Wish,
    places_named,
    refusals_named,
    refused_in,
    waited_in,
)
from booking.utilisation.report.pooled import Asked, By, Key, english_of, group_of
from booking.utilisation.rules.unmet import (
    Adds,
    Sum,
    Unmet,
    Wanted,
    hour_of,
    lost_hours,
    sum_of,
    within,
)
from booking.utilisation.rules.week import Hour

# Wishes told in words by one statement.
_AT_ONCE: Final = 5_000

Some = Sequence[tuple[Wanted, int]]


@dataclass(frozen=True, slots=True)
class Rank:
    """Whose instruments, how much was wanted of them in vain, and by how many wishes."""

    key: int | str
    name: str
    lost: Sum
    wishes: int
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """A wish with what of it lies within the period, and within the hour that is looked at."""

    wish: Wish
    seconds: int


@dataclass(frozen=True, slots=True)
class UnmetReport:
    """The most wanted first; the parts of every list add up to `whole`."""

    asked: Asked
    hour: Hour | None
    ranks: Sequence[Rank]
    by_hour: Mapping[Hour, Sum]
    whole: Sum
    # What stands behind it: each wish, and the seconds it adds.
    adds: Adds

    @property
    def requests(self) -> int:
        return len(self.adds)

    def at(self, weekday: int, hour: int) -> Sum:
        return self.by_hour.get((weekday, hour), Sum())


def unmet_in_sight(session: Session, asked: Asked, *, hour: Hour | None = None) -> UnmetReport:
    """What was asked of the instruments in sight and not given; of one hour of the week alone."""
    span = asked.period.span
    adds = within(span, wishes_in_sight(session, asked), hour=hour)
    sums = sums_of(adds)
    whole = sum(sums.values(), Sum())
    return UnmetReport(
        asked=asked,
        hour=hour,
        ranks=_ranks(adds, sums, owners=owners_in_sight(session, asked.sight), by=asked.by),
        by_hour=hours_of(adds.wanted, span) if hour is None else {hour: whole} if adds else {},
        whole=whole,
        adds=adds,
    )


def wishes_in_sight(session: Session, asked: Asked) -> Iterator[Wanted]:
    """Refusals and places in vain."""
    yield from refused_in(session, asked.sight, asked.period.span)
    yield from waited_in(session, asked.sight, asked.period.span)


def behind(
    session: Session, report: UnmetReport, *, skip: int = 0, most: int | None = None
) -> list[Behind]:
    """The wishes that the figures are the sums of, in words; the latest first."""
    end = report.requests if most is None else skip + most
    some = nlargest(end, report.adds, key=_latest)[skip:]
    return [one for batch in _batches(some) for one in _told(session, batch)]


def _latest(one: tuple[Wanted, int]) -> tuple[int, bool, int]:
    wanted, _ = one
    return wanted.start, wanted.why is not Unmet.WAITED, wanted.record


def _batches(some: Some) -> Iterator[Some]:
    return (some[start : start + _AT_ONCE] for start in range(0, len(some), _AT_ONCE))


def _told(session: Session, some: Some) -> Iterator[Behind]:
    ids: dict[bool, list[int]] = {True: [], False: []}
    for wanted, _ in some:
        ids[wanted.why is Unmet.WAITED].append(wanted.record)
    places, refusals = places_named(session, ids[True]), refusals_named(session, ids[False])
    for wanted, seconds in some:
        of_kind = places if wanted.why is Unmet.WAITED else refusals
        yield Behind(of_kind[wanted.record], seconds)


def hours_of(wanted: Iterable[Wanted], span: TimeSpan) -> Mapping[Hour, Sum]:
    """Wishes by hour of the week."""
    lost = lost_hours(span, wanted)
    numbers = {number for hours in lost.values() for number, seconds in hours.items() if seconds}
    return {
        hour_of(number): sum_of((why, hours[number]) for why, hours in lost.items())
        for number in sorted(numbers)
    }


def sums_of(adds: Adds) -> Mapping[int, Sum]:
    """Wishes by the instrument of which they were."""
    lost: Counter[tuple[int, Unmet]] = Counter()
    for wanted, seconds in adds:
        lost[wanted.instrument_id, wanted.why] += seconds
    parts: dict[int, list[tuple[Unmet, int]]] = defaultdict(list)
    for (instrument_id, why), seconds in lost.items():
        parts[instrument_id].append((why, seconds))
    return {instrument_id: sum_of(some) for instrument_id, some in parts.items()}


def _ranks(
    adds: Adds, sums: Mapping[int, Sum], *, owners: Mapping[int, Owned], by: By
) -> Sequence[Rank]:
    wishes: Counter[Key] = Counter()
    lost: dict[Key, Sum] = defaultdict(Sum)
    english: dict[Key, str] = {}
    numbers = Counter(one.instrument_id for one in adds.wanted)
    for instrument_id, sum_ in sums.items():
        key = group_of(owners[instrument_id], by)
        english[key] = english_of(owners[instrument_id], by)
        lost[key] += sum_
        wishes[key] += numbers[instrument_id]
    ranks = [Rank(*key, sum_, wishes[key], english[key]) for key, sum_ in lost.items()]
    return sorted(ranks, key=lambda one: (-one.lost.all, str(one.key)))
