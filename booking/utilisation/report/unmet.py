"""Unmet demand of a period: by hour of the week, by whose instruments, and the wishes behind it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from booking.utilisation.queries.kept import InstrumentInSight, instruments_in_sight
from booking.utilisation.queries.unmet import Wish, refused_in, waited_in
from booking.utilisation.report.pooled import Asked, By, english_of, group_of
from booking.utilisation.rules.unmet import Lost, Sum, Unmet, pieces, sum_of
from booking.utilisation.rules.week import Hour


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
    behind: Sequence[Behind]

    def at(self, weekday: int, hour: int) -> Sum:
        return self.by_hour.get((weekday, hour), Sum())


def unmet_in_sight(session: Session, asked: Asked, *, hour: Hour | None = None) -> UnmetReport:
    """What was asked of the instruments in sight and not given; of one hour of the week alone."""
    lost: Lost = Counter()
    behind: list[Behind] = []
    for wish in wishes_in_sight(session, asked):
        parts = [one for one in pieces(asked.period.span, wish.wanted) if hour in {None, one[0]}]
        for at, seconds in parts:
            lost[wish.instrument_id, at, wish.wanted.why] += seconds
        behind.append(Behind(wish, sum(seconds for _, seconds in parts)))
    behind = [one for one in behind if one.seconds]
    owners = {one.id: one for one in instruments_in_sight(session, asked.sight)}
    return UnmetReport(
        asked=asked,
        hour=hour,
        ranks=_ranks(lost, behind, owners=owners, by=asked.by),
        by_hour=_by_hour(lost),
        whole=sum_of((why, seconds) for (_, _, why), seconds in lost.items()),
        behind=behind,
    )


def wishes_in_sight(session: Session, asked: Asked) -> list[Wish]:
    """Refusals and places in vain, the latest first."""
    found = [
        *refused_in(session, asked.sight, asked.period.span),
        *waited_in(session, asked.sight, asked.period.span),
    ]
    return sorted(found, key=lambda one: one.wanted.span.start, reverse=True)


def _by_hour(lost: Lost) -> Mapping[Hour, Sum]:
    found: dict[Hour, list[tuple[Unmet, int]]] = defaultdict(list)
    for (_, hour, why), seconds in lost.items():
        found[hour].append((why, seconds))
    return {hour: sum_of(parts) for hour, parts in found.items()}


def _ranks(
    lost: Lost, behind: Iterable[Behind], *, owners: Mapping[int, InstrumentInSight], by: By
) -> Sequence[Rank]:
    parts: dict[tuple[int | str, str], list[tuple[Unmet, int]]] = defaultdict(list)
    for (instrument_id, _, why), seconds in lost.items():
        parts[group_of(owners[instrument_id], by)].append((why, seconds))
    wishes = Counter(group_of(owners[one.wish.instrument_id], by) for one in behind)
    english = {group_of(one, by): english_of(one, by) for one in owners.values()}
    ranks = [Rank(*key, sum_of(some), wishes[key], english[key]) for key, some in parts.items()]
    return sorted(ranks, key=lambda one: (-one.lost.all, str(one.key)))
