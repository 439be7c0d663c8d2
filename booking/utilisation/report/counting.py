"""What instruments came to in a period: kept sums, with what changed since judged on the spot.

Judged only as long as it is little, so that a report agrees with what its reader did a minute ago
and yet comes at once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlmodel import Session

from booking.kernel.periods import Period
from booking.utilisation.errors import DatesTooMany
from booking.utilisation.queries.judging import judge
from booking.utilisation.queries.kept import (
    InstrumentInSight,
    Sight,
    instruments_in_sight,
    kept_by_month,
    kept_months_of,
    kept_sums,
)
from booking.utilisation.queries.marks import marked_pairs, parts_by_whole, standing_marks
from booking.utilisation.rules.months import MonthFigures
from booking.utilisation.rules.pieces import Piece, counted_pieces

# Instrument months judged on the spot; beyond, the report is as old as the last roll-up.
JUDGED_AT_MOST: Final = 1_000
MARKS_AT_MOST: Final = 5_000

Pair = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Fresh:
    """What one instrument month, or some days of it, comes to by now, and what is kept of it."""

    now: MonthFigures
    before: MonthFigures

    def in_place(self, sum_: MonthFigures) -> MonthFigures:
        return sum_.plus(self.now).minus(self.before)


@dataclass(frozen=True, slots=True)
class Counted:
    """The instruments that count in a period, and what was judged on the spot."""

    sight: Sight
    pieces: Sequence[Piece]
    seen: Sequence[InstrumentInSight]
    sums: Mapping[int, MonthFigures]
    fresh: Mapping[Pair, Fresh] = field(default_factory=dict)
    up_to_date: bool = True

    def of_pieces(self, session: Session) -> list[tuple[Piece, MonthFigures]]:
        """All instruments together, piece by piece."""
        whole = [piece.month.code for piece in self.pieces if piece.is_whole]
        found = dict(kept_by_month(session, whole, self.sight))
        for (_, code), fresh in self.fresh.items():
            found[code] = fresh.in_place(found.get(code, MonthFigures()))
        return [(piece, found.get(piece.part.code, MonthFigures())) for piece in self.pieces]

    def serving(self) -> list[int]:
        """How many instruments count in each month; most count in all."""
        first, last = self.pieces[0].span, self.pieces[-1].span
        some = [e for e in self.seen if not (e.counts_in(first) and e.counts_in(last))]
        always = len(self.seen) - len(some)
        return [always + sum(each.counts_in(p.span) for each in some) for p in self.pieces]


def can_be_of_a_day(instruments: int) -> bool:
    """Whether a report on so many may be about part of a month."""
    return instruments <= JUDGED_AT_MOST


def counted(session: Session, sight: Sight, period: Period, *, now: datetime) -> Counted:
    """Figures of what has begun of a period; of a period yet to come, what is booked."""
    pieces = counted_pieces(period, now)
    seen = [
        each
        for each in instruments_in_sight(session, sight)
        if any(each.counts_in(piece.span) for piece in pieces)
    ]
    edges = [piece for piece in pieces if not piece.is_whole]
    if len(edges) * len(seen) > JUDGED_AT_MOST:
        raise DatesTooMany(most=JUDGED_AT_MOST // len(edges))
    fresh = _of_edges(session, seen, edges)
    whole = [piece for piece in pieces if piece.is_whole]
    kept = kept_sums(session, [piece.month.code for piece in whole], sight) if whole else {}
    sums = {key: figures for key, (figures, _) in kept.items()}
    numbers = {key: number for key, (_, number) in kept.items()}
    stale = _stale(session, seen, whole=whole, kept=numbers)
    if stale is not None:
        fresh |= _judged(session, stale)
    for (key, _), one in fresh.items():
        sums[key] = one.in_place(sums.get(key, MonthFigures()))
    return Counted(sight, pieces, seen, sums, fresh, stale is not None)


def _of_edges(
    session: Session, seen: Sequence[InstrumentInSight], edges: Sequence[Piece]
) -> dict[Pair, Fresh]:
    """Parts of months are kept nowhere."""
    out: dict[Pair, Fresh] = {}
    for piece in edges:
        ids = [each.id for each in seen if each.counts_in(piece.span)]
        judged = judge(session, piece.month, ids, part=piece.part)
        out |= {(key, piece.part.code): Fresh(one, MonthFigures()) for key, one in judged.items()}
    return out


def _stale(
    session: Session,
    seen: Sequence[InstrumentInSight],
    *,
    whole: Sequence[Piece],
    kept: Mapping[int, int],
) -> set[Pair] | None:
    """Instrument months that changed or are not kept yet; None where there are too many."""
    stale = _missing(session, seen, whole=whole, counted=kept)
    marks = standing_marks(session, most=MARKS_AT_MOST)
    if marks is None:
        # Too many to look at: of few instruments everything is judged instead.
        every = {(key, code) for key, codes in _expected(seen, whole).items() for code in codes}
        return every if len(every) <= JUDGED_AT_MOST // 10 else None
    in_sight = {each.id for each in seen}
    if marks:
        months = [piece.month for piece in whole]
        touched = marked_pairs(marks, months, in_sight, parts=parts_by_whole(session))
        stale |= {pair for pair in touched if pair[0] in in_sight}
    spans, by_id = {p.month.code: p.span for p in whole}, {each.id: each for each in seen}
    stale = {pair for pair in stale if by_id[pair[0]].counts_in(spans[pair[1]])}
    return None if len(stale) > JUDGED_AT_MOST else stale


def _missing(
    session: Session,
    seen: Sequence[InstrumentInSight],
    *,
    whole: Sequence[Piece],
    counted: Mapping[int, int],
) -> set[Pair]:
    """Months of which nothing is kept yet."""
    expected = _expected(seen, whole)
    short = [key for key, codes in expected.items() if counted.get(key, 0) < len(codes)]
    if len(short) > JUDGED_AT_MOST:
        return {(key, code) for key in short for code in expected[key]}
    known = kept_months_of(session, short, [p.month.code for p in whole]) if short else {}
    return {(key, code) for key in short for code in expected[key] if (key, code) not in known}


def _expected(
    seen: Sequence[InstrumentInSight], whole: Sequence[Piece]
) -> Mapping[int, frozenset[str]]:
    """The months in which each instrument counts; most count in all."""
    every = frozenset(piece.month.code for piece in whole)
    first, last = whole[0].span if whole else None, whole[-1].span if whole else None
    if first is None or last is None:
        return {}
    return {
        each.id: every
        if each.counts_in(first) and each.counts_in(last)
        else frozenset(piece.month.code for piece in whole if each.counts_in(piece.span))
        for each in seen
    }


def _judged(session: Session, stale: set[Pair]) -> dict[Pair, Fresh]:
    if not stale:
        return {}
    kept = kept_months_of(session, {key for key, _ in stale}, {code for _, code in stale})
    of_month: dict[str, list[int]] = defaultdict(list)
    for key, code in stale:
        of_month[code].append(key)
    return {
        (key, code): Fresh(now, kept.get((key, code), MonthFigures()))
        for code, ids in of_month.items()
        for key, now in judge(session, Period.parse(code), ids).items()
    }
