"""Sharing out: exact sums first, the oldest first, never more than there is."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.invoices.rules.matching import Open, Share, part_of, proposed, share_violations


def opens(*amounts: int) -> list[Open]:
    return [Open(str(place), amount) for place, amount in enumerate(amounts)]


@pytest.mark.parametrize(
    ("left", "amounts", "expected"),
    [
        (100, (30, 100, 70), {"1": 100}),
        (100, (90, 40, 60, 5), {"1": 40, "2": 60}),
        (100, (80, 7, 20), {"0": 80, "2": 20}),
        (100, (30, 90), {"0": 30, "1": 70}),
        (100, (30, 40), {"0": 30, "1": 40}),
        (100, (), {}),
        (100, (-100, 30), {"1": 30}),
        (-100, (100, -40, -60), {"1": -40, "2": -60}),
        (0, (10,), {}),
    ],
)
def test_what_is_proposed(left: int, amounts: tuple[int, ...], expected: dict[str, int]) -> None:
    found = {share.number: share.amount_fen for share in proposed(left, opens(*amounts))}
    assert found == expected


@given(left=st.integers(1, 60), amounts=st.lists(st.integers(1, 30), max_size=7))
def test_a_proposal_keeps_within_and_adds_up_where_anything_does(
    left: int, amounts: list[int]
) -> None:
    listed = opens(*amounts)
    found = proposed(left, listed)
    if found:
        assert [v.code for v in share_violations(left, listed, found)] == []
    adds_up = any(sum(some) == left for size in range(1, 8) for some in combinations(amounts, size))
    shared = sum(share.amount_fen for share in found)
    assert shared == left if adds_up else shared == min(left, sum(amounts))


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([("0", 30)], []),
        ([("0", 30), ("1", 70)], []),
        ([], ["match.nothing", "match.beyond_whole"]),
        ([("0", 31)], ["match.beyond_open"]),
        ([("0", 0)], ["match.beyond_open", "match.beyond_whole"]),
        ([("0", -1)], ["match.beyond_open", "match.beyond_whole"]),
        ([("9", 1)], ["match.not_open"]),
        ([("0", 10), ("0", 10)], ["match.twice"]),
        ([("0", 30), ("1", 71)], ["match.beyond_whole"]),
    ],
)
def test_what_speaks_against_sharing(shares: list[tuple[str, int]], expected: list[str]) -> None:
    wanted = [Share(number, amount) for number, amount in shares]
    found = share_violations(100, opens(30, 80), wanted)
    assert [violation.code for violation in found] == expected


@given(
    whole=st.integers(0, 10_000),
    shares=st.lists(st.integers(1, 10_000), min_size=1, max_size=6),
)
def test_parts_never_exceed_the_whole_and_are_exact_when_all_is_there(
    whole: int, shares: list[int]
) -> None:
    total = sum(shares)
    paid = min(whole, total)
    parts = [part_of(paid, share, total) for share in shares]
    assert sum(parts) <= paid
    assert sum(parts) > paid - len(shares)
    assert [part_of(total, share, total) for share in shares] == shares
