"""What the figures advise: one case above and one below each threshold, nothing from too little."""

from dataclasses import fields, replace
from datetime import date
from fractions import Fraction

import pytest

from booking.utilisation.rules.advice import (
    AdviceKind,
    Promised,
    Record,
    Sibling,
    Thresholds,
    advice_from,
)
from booking.utilisation.rules.indicators import HOUR
from booking.utilisation.rules.unmet import Sum

WEEKDAYS = frozenset((day, hour) for day in range(5) for hour in range(9, 18))
MONDAY_NINE, SATURDAY_TEN, MONDAY_NIGHT = (0, 9), (5, 10), (0, 20)
BLANK = Record(id=1, name="示例扫描电镜", opens=WEEKDAYS)
FULL = replace(
    BLANK,
    open=100 * HOUR,
    taken=80 * HOUR,
    lost=Sum(occupied=8 * HOUR),
    by_hour={MONDAY_NINE: Sum(occupied=8 * HOUR)},
)
OTHER = Sibling(2, "示例扫描电镜乙", {MONDAY_NINE: Fraction(1, 2)})
BUSY = Sibling(3, "示例扫描电镜丙", {MONDAY_NINE: Fraction(1, 4)})


def lost(at: tuple[int, int], **hours: int) -> Record:
    sum_ = Sum(**{why: h * HOUR for why, h in hours.items()})
    return replace(BLANK, lost=sum_, by_hour={at: sum_})


def bookings(**figures: int) -> Record:
    return replace(BLANK, **figures)  # type: ignore[arg-type]  # numbers, named by the caller


HALF_OVER = Promised(
    promised=100 * HOUR,
    delivered=0,
    weeks_gone=Fraction(26),
    weeks_left=Fraction(26),
    last=date(2027, 2, 28),
)


def promised(hours: int, delivered: int) -> Record:
    year = replace(HALF_OVER, promised=hours * HOUR, delivered=delivered * HOUR)
    return replace(BLANK, promised=(year,))


@pytest.mark.parametrize(
    ("record", "kinds"),
    [
        (BLANK, []),
        (lost(SATURDAY_TEN, closed=8), ["open_day"]),
        (lost(SATURDAY_TEN, closed=7), []),
        (lost(MONDAY_NIGHT, closed=8), ["open_hours"]),
        # Closed that once, on a holiday or for works: opening hours would not have helped.
        (lost(MONDAY_NINE, closed=80), []),
        (replace(lost(SATURDAY_TEN, closed=80), opens=None), []),
        (bookings(uses=10, booked_for_uses=50 * HOUR, used=40 * HOUR), ["shorten"]),
        (bookings(uses=10, booked_for_uses=49 * HOUR, used=40 * HOUR), []),
        (bookings(uses=9, booked_for_uses=90 * HOUR, used=40 * HOUR), []),
        (bookings(reservations=20, missed=2, taken=40 * HOUR), ["confirm"]),
        (bookings(reservations=21, missed=2, taken=40 * HOUR), []),
        (bookings(reservations=9, missed=9, taken=40 * HOUR), []),
        (replace(BLANK, weeks=Fraction(10), external=33 * HOUR), ["outside"]),
        (replace(BLANK, weeks=Fraction(10), external=32 * HOUR), []),
        (replace(BLANK, weeks=Fraction(10), external=60 * HOUR), []),
        (replace(BLANK, weeks=Fraction(7), external=33 * HOUR), []),
        (promised(100, 40), ["promise"]),
        # As much a week as so far is enough.
        (promised(100, 50), []),
        (promised(100, 101), []),
        (replace(BLANK, promised=(replace(HALF_OVER, weeks_gone=Fraction(7)),)), []),
        (replace(BLANK, promised=(replace(HALF_OVER, weeks_left=Fraction(0)),)), []),
        (FULL, ["second_place"]),
        (replace(FULL, taken=79 * HOUR), []),
        (replace(FULL, lost=Sum(occupied=5 * HOUR, waited=2 * HOUR)), []),
        (replace(FULL, lost=Sum(waited=8 * HOUR)), ["second_place"]),
        (replace(FULL, siblings=(OTHER,)), ["sibling"]),
        (
            replace(FULL, siblings=(Sibling(2, "乙", {MONDAY_NINE: Fraction(2, 5)}),)),
            ["second_place"],
        ),
        (bookings(faults=2, fault=48 * HOUR), ["repair"]),
        (bookings(faults=3, fault=48 * HOUR), []),
    ],
)
def test_what_is_advised(record: Record, kinds: list[str]) -> None:
    assert [one.kind.value for one in advice_from([record], Thresholds())] == kinds


def test_every_threshold_can_be_set() -> None:
    record = lost(SATURDAY_TEN, closed=3)
    (one,) = advice_from([record], Thresholds(least_hours=3))
    assert one.kind is AdviceKind.OPEN_DAY
    assert one.figures == {"refused_hours": 3, "weekday": 5, "from_hour": 10, "until_hour": 11}


def test_of_several_siblings_the_idlest_is_named() -> None:
    (one,) = advice_from([replace(FULL, siblings=(BUSY, OTHER))], Thresholds())
    assert (one.figures["sibling_id"], one.figures["idle_percent"]) == (2, 50)


def test_what_is_about_most_time_comes_first() -> None:
    few, many = lost(SATURDAY_TEN, closed=8), replace(lost(SATURDAY_TEN, closed=38), id=2)
    assert [one.instrument_id for one in advice_from([few, many], Thresholds())] == [2, 1]


def test_the_figures_are_told_with_it() -> None:
    record = bookings(uses=10, booked_for_uses=131 * HOUR, used=100 * HOUR)
    (one,) = advice_from([record], Thresholds())
    assert one.figures == {
        "longer_percent": 31,
        "booked_hours": 131,
        "used_hours": 100,
        "uses": 10,
    }
    assert one.seconds == 31 * HOUR


def test_without_any_minimum_an_instrument_of_which_nothing_is_known_gets_no_advice() -> None:
    nothing = {one.name: 0 for one in fields(Thresholds)}
    records = [BLANK, bookings(open=HOUR, uses=3), bookings(reservations=3, taken=3 * HOUR)]
    assert advice_from(records, Thresholds(**nothing)) == []


def test_a_promise_says_how_much_more_a_week_would_keep_it() -> None:
    (one,) = advice_from([promised(100, 40)], Thresholds())
    assert one.figures == {
        "more_hours": Fraction(60, 26) - Fraction(40, 26),
        "weekly_hours": Fraction(40, 26),
        "promised_hours": 100,
        "external_hours": 40,
        "last": "2027-02-28",
    }
    # What would be missing at the present pace.
    assert one.seconds == 20 * HOUR
