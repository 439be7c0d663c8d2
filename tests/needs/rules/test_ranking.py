"""Which instrument comes first, in which mode, and what speaks against it."""

from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from booking.instruments.rules.terms import ServiceMode
from booking.needs.rules.ranking import (
    Candidate,
    mode_for,
    need_violations,
    objections,
    offer_violations,
    ranked,
)

SOON = datetime(2026, 11, 24, 1, tzinfo=UTC)
PLAIN = {
    "words": 2,
    "distance": 4,
    "free_at": SOON,
    "hour_fen": 80_000,
    "district": "fengxi",
    "modes": ("self_operated",),
}


def candidate(one: int, **facts: object) -> Candidate:
    return Candidate(**{"instrument_id": one, **PLAIN, **facts})  # type: ignore[arg-type]


# Each is better than the next by one thing, and worse in all that counts less.
BEST_FIRST = (
    candidate(9, words=3, distance=9, free_at=None, hour_fen=None, district="outside"),
    candidate(8, distance=1, free_at=None, hour_fen=None, district="outside"),
    candidate(7, hour_fen=10_000, district="outside"),
    candidate(6),
    candidate(5, district="fengdong"),
    candidate(4, hour_fen=None),
    candidate(3, free_at=None, hour_fen=100),
)


def test_words_come_before_closeness_before_time_before_price_before_district():
    for shuffled in (*list(permutations(BEST_FIRST))[::500], BEST_FIRST[::-1]):
        assert ranked(shuffled, district="fengxi") == list(BEST_FIRST)


def test_equals_keep_the_order_in_which_they_were_registered():
    assert [one.instrument_id for one in ranked([candidate(2), candidate(1)], district="x")] == [
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("samples", "modes", "mode"),
    [
        (5, ("self_operated", "assisted", "entrusted"), ServiceMode.ENTRUSTED),
        (5, ("self_operated", "assisted"), ServiceMode.ASSISTED),
        (5, ("self_operated", "remote"), None),
        (0, ("self_operated", "entrusted"), ServiceMode.SELF_OPERATED),
        (0, ("entrusted",), ServiceMode.ENTRUSTED),
        (0, ("remote",), None),
    ],
)
def test_samples_are_sent_in(samples, modes, mode):
    assert mode_for(samples, modes) is mode


@pytest.mark.parametrize(
    ("facts", "against"),
    [
        ({}, []),
        ({"free_at": None}, ["not_free"]),
        ({"modes": ("remote",)}, ["no_mode"]),
        ({"hour_fen": None}, ["no_price"]),
        ({"district": "jinghe"}, ["elsewhere"]),
    ],
)
def test_what_speaks_against_it_is_said(facts, against):
    assert objections(candidate(1, **facts), samples=0, district="fengxi") == against


def test_days_that_are_over_are_refused():
    today, yesterday = date(2026, 11, 23), date(2026, 11, 22)
    assert [one.code for one in need_violations(yesterday, today=today)] == ["need.day_over"]
    assert [one.code for one in offer_violations(yesterday, today=today)] == ["need.until_over"]
    assert not [*need_violations(today, today=today), *offer_violations(today, today=today)]
