"""The score: which entries count, how far good use restores, what follows below which number."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.credit.rules import (
    COMPANY_CAUSES,
    EXAMPLE,
    LAB_CAUSES,
    RESTORING,
    Cause,
    Counted,
    Level,
    credit_of,
    level_of,
    score,
    score_of,
    terms_violations,
)
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
TERMS = replace(EXAMPLE, start=100, restore_most=10, approval_below=80, refuse_below=60)


def entry(cause: Cause, points: int, days: float = 1) -> Counted:
    """An entry that counts for some days from now on."""
    return Counted(cause, points, NOW + timedelta(days=days))


MISSED = entry(Cause.NO_SHOW, -15)
LATE = entry(Cause.LATE_CANCELLATION, -5)
GOOD = entry(Cause.GOOD_USE, 1)


@pytest.mark.parametrize(
    ("name", "entries", "expected"),
    [
        ("nothing happened", [], 100),
        ("a no-show", [MISSED], 85),
        ("several add up", [MISSED, MISSED, LATE], 65),
        ("a lapsed one counts no more", [entry(Cause.NO_SHOW, -15, 0)], 100),
        ("one counts until the very end", [entry(Cause.NO_SHOW, -15, 1e-6)], 85),
        ("annulled", [MISSED, entry(Cause.NO_SHOW, 15)], 100),
        ("annulled and lapsed together", [entry(Cause.NO_SHOW, p, -1) for p in (-15, 15)], 100),
        ("good use gives back", [MISSED, GOOD, GOOD], 87),
        ("good use gives nothing in advance", [GOOD] * 5, 100),
        ("no more than was lost", [LATE, *[GOOD] * 8], 100),
        ("no more than the most", [MISSED, *[GOOD] * 40], 95),
        ("taking back counts not as good use", [MISSED, entry(Cause.NO_SHOW, 15), LATE], 95),
        ("never below nothing", [MISSED] * 20, 0),
    ],
)
def test_the_score(name: str, entries: list[Counted], expected: int) -> None:
    assert score(entries, TERMS, now=NOW) == expected, name


@pytest.mark.parametrize(
    ("approval", "refuse", "points", "expected"),
    [
        (80, 60, 80, Level.FREE),
        (80, 60, 79, Level.APPROVAL),
        (80, 60, 60, Level.APPROVAL),
        (80, 60, 59, Level.REFUSED),
        (80, None, 0, Level.APPROVAL),
        (None, 60, 60, Level.FREE),
        (None, 60, 59, Level.REFUSED),
        (None, None, 0, Level.FREE),
    ],
)
def test_what_follows_from_it(
    approval: int | None, refuse: int | None, points: int, expected: Level
) -> None:
    terms = replace(TERMS, approval_below=approval, refuse_below=refuse)
    assert level_of(points, terms) is expected


@pytest.mark.parametrize(
    ("approval", "refuse", "expected"),
    [
        (80, 60, []),
        (None, None, []),
        (100, 99, []),
        (101, None, ["credit.threshold_too_high"]),
        (None, 101, ["credit.threshold_too_high"]),
        (60, 60, ["credit.thresholds_reversed"]),
        (59, 60, ["credit.thresholds_reversed"]),
        (102, 103, ["credit.threshold_too_high", "credit.thresholds_reversed"]),
    ],
)
def test_thresholds_that_cannot_be_meant_are_found(
    approval: int | None, refuse: int | None, expected: list[str]
) -> None:
    terms = replace(TERMS, approval_below=approval, refuse_below=refuse)
    assert [broken.code for broken in terms_violations(terms)] == expected


@pytest.mark.parametrize("cause", list(Cause))
def test_only_good_use_adds_and_each_lasts_as_long_as_its_kind(cause: Cause) -> None:
    terms = replace(EXAMPLE, loss_days=180, gain_days=30)
    points, lapses = terms.points_for(cause), terms.lapses_at(cause, NOW)
    assert (points > 0) is (cause in RESTORING)
    assert lapses - NOW == timedelta(days=30 if cause in RESTORING else 180)


def test_a_cause_without_points_costs_nothing() -> None:
    assert replace(EXAMPLE, points={}).points_for(Cause.NO_SHOW) == 0


def test_every_cause_is_a_companys_or_a_labs() -> None:
    assert sorted((*COMPANY_CAUSES, *LAB_CAUSES)) == sorted(Cause)


ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from(Cause),
        st.integers(min_value=-50, max_value=50),
        st.integers(min_value=-3, max_value=3),
    )
)


@given(entries=ENTRIES, shuffled=st.randoms())
def test_the_order_of_entries_does_not_matter(entries, shuffled) -> None:
    moved = list(entries)
    shuffled.shuffle(moved)
    assert score(moved, TERMS, now=NOW) == score(entries, TERMS, now=NOW)


@given(entries=ENTRIES, points=st.integers(min_value=1, max_value=50))
def test_an_entry_that_is_taken_back_leaves_no_trace(entries, points) -> None:
    pair = [entry(Cause.NO_SHOW, -points), entry(Cause.NO_SHOW, points)]
    assert score([*entries, *pair], TERMS, now=NOW) == score(entries, TERMS, now=NOW)


@given(entries=ENTRIES)
def test_it_stays_between_nothing_and_the_start(entries) -> None:
    assert 0 <= score(entries, TERMS, now=NOW) <= TERMS.start


@given(
    lost=st.integers(min_value=0, max_value=300),
    restored=st.integers(min_value=0, max_value=300),
    more=st.integers(min_value=0, max_value=50),
)
def test_losing_more_never_raises_it_and_good_use_never_lowers_it(lost, restored, more) -> None:
    here = score_of(lost, restored, TERMS)
    assert score_of(lost + more, restored, TERMS) <= here <= score_of(lost, restored + more, TERMS)
    assert credit_of(lost, restored, TERMS).score == here
