"""Whoever knows what is published, and that nobody uses less than nothing, is left in doubt about
every withheld line: tried by brute force, without the algebra by which lines are chosen."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.utilisation.rules.open_figures import MEASURES, Atom, Dimension, OpenRow, open_rows
from booking.utilisation.rules.withholding import LEAST

QUARTER = ["2026-01", "2026-02", "2026-03"]
# What one organisation does in a month, in the smallest unit in which something else might be true.
EACH = 2
Quarter = tuple[frozenset[int], ...]


def atom(
    month: str,
    district: str,
    users: frozenset[int],
    *,
    of: str = "01",
    missed: frozenset[int] = frozenset(),
    kind: str = "university",
) -> Atom:
    keys = {
        Dimension.DISTRICT: district,
        Dimension.INSTRUMENT_CLASS: of,
        Dimension.PROVIDER_KIND: kind,
    }
    measures = dict.fromkeys(MEASURES, EACH * len(users))
    return Atom(month, keys, 1, measures, users, users | missed)


def with_half(each: Atom, whose: int) -> Atom:
    """And half a use over the end of a month, by whoever is no user for that."""
    more = {name: each.measures[name] + 1 for name in ("effective", "external")}
    return replace(each, measures={**each.measures, **more}, present=each.present | {whose})


def members(row: OpenRow, atoms: Sequence[Atom]) -> frozenset[int]:
    return frozenset(
        number
        for number, each in enumerate(atoms)
        if row.period in {each.month, "2026-Q1"}
        and (row.by is Dimension.ZONE or each.keys[row.by] == row.key)
    )


def sharers_of(row: OpenRow, atoms: Sequence[Atom]) -> frozenset[int]:
    """Whose use is in a line."""
    found = [atoms[one] for one in members(row, atoms)]
    halves = [one.present for one in found if one.measures["external"] > EACH * len(one.users)]
    return frozenset().union(*(one.users for one in found), *halves)


def others(
    known: Sequence[frozenset[int]], values: Sequence[int], steps: Sequence[int]
) -> Iterator[tuple[int, ...]]:
    """How far what might be true lies from what is, atom by atom; all sums that are known stay."""

    def go_on(done: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        at = len(done)
        for each in known:
            if max(each) == at - 1 and sum(done[one] for one in each) != 0:
                return
        if at == len(values):
            yield done
            return
        for step in steps:
            if values[at] + step >= 0:
                yield from go_on((*done, step))

    yield from go_on(())


def given_away(rows: Sequence[OpenRow], atoms: Sequence[Atom]) -> list[OpenRow]:
    """Withheld lines of somebody that have the same value whatever else might be true.

    Where somebody did not come, lines of three and more that are withheld beside others are spared.
    """
    values = [each.measures["external"] for each in atoms]
    known = [members(row, atoms) for row in rows if row.figures is not None]
    spares = LEAST if any(each.present > each.users for each in atoms) else 100
    doubtful = {
        (row.by, row.key, row.period): members(row, atoms)
        for row in rows
        if row.figures is None and 0 < len(sharers_of(row, atoms)) < spares
    }
    # Small steps first: most is left in doubt by the first of them.
    for steps in ((0, 1, -1), (0, 1, -1, 2, -2)):
        for other in others(known, values, steps):
            for name in [n for n, each in doubtful.items() if sum(other[one] for one in each) != 0]:
                del doubtful[name]
            if not doubtful:
                return []
    return [row for row in rows if (row.by, row.key, row.period) in doubtful]


ONE, TWO, THREE, FOUR = (frozenset(range(number)) for number in (1, 2, 3, 4))
MANY, OTHERS = frozenset(range(10, 20)), frozenset({5, 6, 7})
NOBODY: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("fengxi", "qinhan", "fengdong"),
    [
        # Fengxi's quarter, with nobody there in February, told of its March; the zone of Qinhan's.
        ((MANY, NOBODY, MANY), (NOBODY, FOUR, frozenset({9})), (NOBODY, NOBODY, NOBODY)),
        ((FOUR, NOBODY, NOBODY), (THREE, NOBODY, OTHERS), (frozenset({7, 8}), NOBODY, NOBODY)),
    ],
)
def test_that_nobody_was_in_one_place_tells_nothing_of_another(
    fengxi: Quarter, qinhan: Quarter, fengdong: Quarter
) -> None:
    places = {"fengxi": fengxi, "qinhan": qinhan, "fengdong": fengdong}
    atoms = [
        atom(month, district, who)
        for district, every in places.items()
        for month, who in zip(QUARTER, every, strict=True)
    ]
    assert given_away(open_rows(2026, QUARTER, atoms), atoms) == []


def test_half_a_use_is_not_told_by_what_somebody_missed_elsewhere() -> None:
    """Half a use of one in Fengdong's March; whoever booked there before did not come."""
    nobody, missed = (NOBODY, NOBODY), (NOBODY, ONE)
    told = {
        ("fengdong", "01", "university"): [missed, missed, missed],
        ("fengdong", "02", "institute"): [nobody, nobody, nobody],
        ("airport", "02", "university"): [nobody, (FOUR, NOBODY), missed],
        ("qinhan", "02", "institute"): [nobody, (THREE, NOBODY), (OTHERS, frozenset({2}))],
    }
    atoms = [
        atom(month, district, users, of=of, missed=missed, kind=kind)
        for (district, of, kind), every in told.items()
        for month, (users, missed) in zip(QUARTER, every, strict=True)
    ]
    for number, whose in ((5, 3), (9, 1), (10, 1)):
        atoms[number] = with_half(atoms[number], whose)
    assert given_away(open_rows(2026, QUARTER, atoms), atoms) == []


_who = st.sampled_from([NOBODY, NOBODY, ONE, TWO, THREE, FOUR, frozenset({7, 8}), frozenset({9})])

# Who booked and did not come has a share in some figures and not in others.
_missed = st.sampled_from([NOBODY, NOBODY, NOBODY, ONE, frozenset({30})])


@st.composite
def quarters(draw: st.DrawFn) -> list[Atom]:
    """Two or three places in a quarter, or two places with two classes in two months."""
    if draw(st.booleans()):
        districts = ["fengxi", "qinhan", "fengdong"][: draw(st.integers(2, 3))]
        return [
            atom(month, one, draw(_who), missed=draw(_missed))
            for month in QUARTER
            for one in districts
        ]
    return [
        atom(month, one, draw(_who), of=of, missed=draw(_missed))
        for month in QUARTER[:2]
        for one in ("fengxi", "qinhan")
        for of in ("01", "02")
    ]


@settings(max_examples=150)
@given(quarters())
def test_every_withheld_line_leaves_two_possibilities_at_least(atoms: list[Atom]) -> None:
    ended = sorted({each.month for each in atoms})
    assert given_away(open_rows(2026, ended, atoms), atoms) == []
