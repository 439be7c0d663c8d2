"""Whatever the history: nothing published rests on fewer than three, nothing withheld follows."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.utilisation.rules.open_figures import MEASURES, Atom, Dimension, OpenRow, open_rows
from booking.utilisation.rules.withholding import LEAST

MONTHS = [f"2026-{number:02}" for number in range(1, 13)]
_users = st.frozensets(st.integers(1, 9), max_size=6)


def atom(month: str, district: str = "fengxi", users: Sequence[int] = (), **other: str) -> Atom:
    keys = {
        Dimension.DISTRICT: district,
        Dimension.INSTRUMENT_CLASS: other.get("of", "01"),
        Dimension.PROVIDER_KIND: other.get("kind", "university"),
    }
    return Atom(month, keys, 1, dict.fromkeys(MEASURES, 3600 * len(users)), frozenset(users))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[str], list[Atom]]:
    """Up to eight months of a few kinds of instruments."""
    ended = MONTHS[: draw(st.integers(1, 8))]
    kinds = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["fengxi", "fengdong", "qinhan"]),
                st.sampled_from(["01", "02"]),
                st.sampled_from(["university", "institute"]),
            ),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    return ended, [
        atom(month, district, sorted(draw(_users)), of=of, kind=kind)
        for month in ended
        for district, of, kind in kinds
    ]


def members(row: OpenRow, atoms: Sequence[Atom]) -> list[int]:
    """Which atoms a line adds up, told from its name alone."""

    def holds(each: Atom) -> bool:
        of_quarter = f"2026-Q{(int(each.month[5:]) + 2) // 3}"
        return row.period in {each.month, of_quarter, "2026"} and (
            row.by is Dimension.ZONE or each.keys[row.by] == row.key
        )

    return [number for number, each in enumerate(atoms) if holds(each)]


def rank(vectors: Sequence[Sequence[int]]) -> int:
    """By fractions, without any short cut."""
    rows = [[Fraction(value) for value in vector] for vector in vectors]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(found, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for n in range(found + 1, len(rows)):
            if rows[n][column]:
                factor = rows[n][column] / rows[found][column]
                rows[n] = [a - factor * b for a, b in zip(rows[n], rows[found], strict=True)]
        found += 1
    return found


@given(histories())
def test_nothing_withheld_follows_from_what_is_published(made: tuple[list[str], list[Atom]]):
    ended, atoms = made
    rows = open_rows(2026, ended, atoms)

    def vector(row: OpenRow) -> list[int]:
        within = set(members(row, atoms))
        return [int(number in within) for number in range(len(atoms))]

    shown = [vector(row) for row in rows if row.figures is not None]
    known = rank(shown)
    for row in rows:
        users = frozenset().union(*(atoms[number].users for number in members(row, atoms)))
        if row.figures is None:
            assert rank([*shown, vector(row)]) == known + 1, row
        else:
            assert len(users) >= LEAST
            assert row.users == len(users)


@given(histories())
def test_what_is_left_of_a_sum_rests_on_nobody_or_on_three(made: tuple[list[str], list[Atom]]):
    ended, atoms = made
    rows = open_rows(2026, ended, atoms)
    for month in ended:
        (whole,) = [r for r in rows if (r.by, r.period) == (Dimension.ZONE, month)]
        for by in set(Dimension) - {Dimension.ZONE}:
            hidden = [r for r in rows if (r.by, r.period) == (by, month) and r.figures is None]
            numbers = [number for row in hidden for number in members(row, atoms)]
            users = frozenset().union(*(atoms[number].users for number in numbers))
            assert whole.figures is None or len(users) == 0 or len(users) >= LEAST


@given(histories())
def test_whoever_kept_every_publication_can_tell_no_more(made: tuple[list[str], list[Atom]]):
    months, atoms = made
    ever: dict[tuple[Dimension, str, str], bool] = {}
    for last in range(1, len(months) + 1):
        ended = months[:last]
        so_far = [each for each in atoms if each.month in ended]
        rows = open_rows(2026, ended, so_far, before=ever)
        found = {(row.by, row.key, row.period): row.figures is not None for row in rows}
        assert {name: found[name] for name in ever} == ever
        ever = found
    used = [number for number, each in enumerate(atoms) if each.users]

    def vector(row: OpenRow) -> list[int]:
        within = set(members(row, atoms))
        return [int(number in within) for number in used]

    shown = [vector(row) for row in rows if row.figures is not None]
    for row in rows:
        users = frozenset().union(*(atoms[number].users for number in members(row, atoms)))
        if 0 < len(users) < LEAST:
            assert rank([*shown, vector(row)]) == rank(shown) + 1, row


MANY, FEW, MORE = (1, 2, 3), (1, 2), (4, 5, 6, 7)


@pytest.mark.parametrize(
    ("fengxi", "fengdong", "qinhan", "shown"),
    [
        (MANY, MANY, MANY, {"fengxi", "fengdong", "qinhan"}),
        # A second one goes with the one that must; the zone stays.
        (FEW, MANY, MORE, {"qinhan"}),
        # Two of few together are three: nothing else need go.
        (FEW, (3,), MORE, {"qinhan"}),
        # Two of one and the same are not.
        ((1,), (1,), MORE, set()),
        (FEW, FEW, FEW, set()),
    ],
)
def test_in_a_month_of_three_districts(fengxi, fengdong, qinhan, shown):
    atoms = [
        atom("2026-01", district, users, of=of)
        for district, users, of in (
            ("fengxi", fengxi, "01"),
            ("fengdong", fengdong, "01"),
            ("qinhan", qinhan, "01"),
        )
    ]
    rows = open_rows(2026, ["2026-01"], atoms)
    found = {row.key for row in rows if row.by is Dimension.DISTRICT and row.figures is not None}
    assert found == shown
    for row in rows:
        if row.by is Dimension.ZONE:
            assert (row.figures is not None) == (len({*fengxi, *fengdong, *qinhan}) >= 3)


def test_a_quarter_does_not_tell_of_the_month_that_is_withheld():
    users = {"2026-01": FEW, "2026-02": MANY, "2026-03": MORE}
    rows = open_rows(2026, list(users), [atom(month, users=users[month]) for month in users])
    zone = {row.period: row.figures for row in rows if row.by is Dimension.ZONE}
    assert [code for code, figures in zone.items() if figures] == ["2026-03", "2026-Q1"]


def test_a_quarter_and_a_year_appear_when_they_are_over():
    def codes(months: int) -> set[str]:
        ended = MONTHS[:months]
        atoms = [atom(month, users=MANY) for month in ended]
        return {row.period for row in open_rows(2026, ended, atoms)} - set(MONTHS)

    assert codes(2) == set()
    assert codes(5) == {"2026-Q1"}
    assert codes(12) == {"2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2026"}
