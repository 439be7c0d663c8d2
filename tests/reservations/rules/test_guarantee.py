"""Hours kept for companies outside: who is refused, when they are released."""

from datetime import date, timedelta

import pytest

from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.guarantee import leaves_guaranteed_hours
from tests.factories.reservation_values import between, demand, policy

# Monday to Friday of the week after, 8 hours each: 40 open hours, of which 10 are kept.
DAYS = ("11-30", "12-01", "12-02", "12-03", "12-04")
WEEK = tuple(between(f"{day} 09:00", "17:00") for day in DAYS)
KEPT = policy(
    weeks_windows=WEEK, guaranteed=timedelta(hours=10), guaranteed_release=timedelta(hours=48)
)
TUESDAY = between("12-01 09:00", "12:00")


def inside(*held: TimeSpan, span: TimeSpan = TUESDAY, **changes: object) -> list[str]:
    mine = demand(span=span, customer_class="internal", insiders=held, **changes)
    return [violation.code for violation in leaves_guaranteed_hours(mine, KEPT)]


def hours(number: int) -> TimeSpan:
    """Somebody inside holds so many hours of Wednesday."""
    start = between("12-02 00:00", "01:00").start
    return TimeSpan(start, start + timedelta(hours=number))


@pytest.mark.parametrize(("held", "refused"), [(0, False), (27, False), (28, True), (36, True)])
def test_inside_takes_all_but_the_guaranteed_hours(held: int, refused: bool) -> None:
    spans = (hours(held),) if held else ()
    assert bool(inside(*spans)) is refused


def test_companies_outside_are_not_asked() -> None:
    outside = demand(span=TUESDAY, customer_class="enterprise", insiders=(hours(40),))
    assert list(leaves_guaranteed_hours(outside, KEPT)) == []


def test_what_begins_soon_is_released() -> None:
    near = TUESDAY.start - timedelta(hours=48)
    assert inside(hours(36), asked_at=near) == ["guarantee.outside"]
    assert inside(hours(36), asked_at=near + timedelta(minutes=1)) == []


def test_several_places_have_so_many_more_hours() -> None:
    mine = demand(span=TUESDAY, customer_class="internal", insiders=(hours(36),))
    two = policy(
        weeks_windows=WEEK,
        guaranteed=timedelta(hours=10),
        guaranteed_release=timedelta(hours=48),
        places=2,
    )
    assert list(leaves_guaranteed_hours(mine, two)) == []


def test_the_refusal_says_what_is_left_for_those_inside() -> None:
    mine = demand(span=TUESDAY, customer_class="internal", insiders=(hours(28),))
    (broken,) = leaves_guaranteed_hours(mine, KEPT)
    assert (broken.params["hours"], broken.params["left"]) == ("10", "2")
    assert broken.overridable


def test_every_week_that_has_too_little_left_is_named() -> None:
    two_weeks = (*WEEK, *(between(f"12-{day:02} 09:00", "17:00") for day in range(7, 12)))
    kept = policy(
        weeks_windows=two_weeks,
        guaranteed=timedelta(hours=40),
        guaranteed_release=timedelta(hours=48),
    )
    over_both = between("12-04 16:00", "12-07 10:00")
    mine = demand(span=over_both, customer_class="internal")
    found = list(leaves_guaranteed_hours(mine, kept))
    assert [one.params["from"] for one in found] == [date(2026, 11, 30), date(2026, 12, 7)]
