"""Quotas add up local days, ISO weeks and calendar months, cut at their edges."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.demand import Counted, Measure, Per, Quota, Within
from booking.reservations.rules.quota import (
    counts,
    periods_touched,
    span_to_count,
    within_quotas,
)
from booking.reservations.states import State
from booking.web.words import words
from tests.factories.reservation_values import between, demand, policy
from tests.factories.spans import spans

WISH = between("11-24 13:00", "16:00")


def mine(start: str, end: str, *, is_open: bool = True) -> Counted:
    return Counted(between(start, end), True, True, is_open)


def theirs(start: str, end: str) -> Counted:
    return Counted(between(start, end), False, True, True)


def broken(quota: Quota, *counted: Counted, span: TimeSpan = WISH) -> list[str]:
    asked = demand(span=span, counted=counted)
    return [violation.code for violation in within_quotas(asked, policy(quotas=(quota,)))]


@pytest.mark.parametrize(
    ("limit", "others", "expected"),
    [
        (3, [], []),
        (2, [], ["quota.person"]),
        (5, [mine("11-24 08:00", "10:00")], []),
        (4, [mine("11-24 08:00", "10:00")], ["quota.person"]),
        (4, [mine("11-25 08:00", "10:00")], []),
        (4, [theirs("11-24 08:00", "10:00")], []),
    ],
)
def test_hours_of_a_person_in_a_day(limit: int, others: list[Counted], expected: list[str]) -> None:
    assert broken(Quota(Per.PERSON, Measure.HOURS, Within.DAY, limit), *others) == expected


def test_an_organisation_adds_up_all_its_people() -> None:
    quota = Quota(Per.ORGANISATION, Measure.HOURS, Within.DAY, 4)
    assert broken(quota, theirs("11-24 08:00", "10:00")) == ["quota.organisation"]


def test_a_person_adds_up_what_was_booked_for_another_organisation() -> None:
    elsewhere = Counted(between("11-24 08:00", "10:00"), True, False, True)
    assert broken(Quota(Per.PERSON, Measure.HOURS, Within.DAY, 4), elsewhere) == ["quota.person"]
    assert broken(Quota(Per.ORGANISATION, Measure.HOURS, Within.DAY, 4), elsewhere) == []


def test_hours_count_where_they_fall() -> None:
    over_night = mine("11-23 22:00", "11-24 01:00")
    quota = Quota(Per.PERSON, Measure.HOURS, Within.DAY, 4)
    assert broken(quota, over_night) == []
    assert broken(quota, mine("11-23 22:00", "11-24 01:01")) == ["quota.person"]


def test_a_booking_counts_once_in_every_period_it_touches() -> None:
    over_night = mine("11-23 22:00", "11-24 01:00")
    quota = Quota(Per.PERSON, Measure.COUNT, Within.DAY, 1)
    assert broken(quota, over_night) == ["quota.person"]
    assert broken(quota, over_night, span=between("11-25 13:00", "16:00")) == []


def test_a_wish_over_a_month_end_must_fit_into_both_months() -> None:
    quota = Quota(Per.PERSON, Measure.COUNT, Within.MONTH, 1)
    wish = between("11-30 22:00", "12-01 02:00")
    assert broken(quota, mine("12-20 08:00", "09:00"), span=wish) == ["quota.person"]


def test_weeks_begin_on_monday() -> None:
    quota = Quota(Per.PERSON, Measure.COUNT, Within.WEEK, 1)
    assert broken(quota, mine("11-22 08:00", "09:00")) == []
    assert broken(quota, mine("11-23 08:00", "09:00")) == ["quota.person"]


def test_open_bookings_count_whenever_they_are() -> None:
    quota = Quota(Per.PERSON, Measure.COUNT, Within.OPEN, 1)
    assert broken(quota, mine("12-24 08:00", "09:00")) == ["quota.person"]
    assert broken(quota, mine("11-24 08:00", "09:00", is_open=False)) == []


def test_a_violation_says_what_was_used_of_what() -> None:
    quota = Quota(Per.PERSON, Measure.HOURS, Within.WEEK, 4)
    asked = demand(counted=(mine("11-23 08:00", "10:30"),))
    (found,) = within_quotas(asked, policy(quotas=(quota,)))
    assert found.params == {
        "measure": Measure.HOURS,
        "period": Within.WEEK,
        "limit": 4,
        "used": "2.5",
        "from": date(2026, 11, 23),
        "during": [Within.WEEK, "2026-11-23 – 2026-11-29"],
    }


@pytest.mark.parametrize(
    ("period", "span", "expected"),
    [
        (Within.DAY, WISH, [["day", "2026-11-24"]]),
        (
            Within.DAY,
            between("11-24 22:00", "11-25 02:00"),
            [["day", "2026-11-24"], ["day", "2026-11-25"]],
        ),
        (
            Within.WEEK,
            between("11-29 22:00", "11-30 02:00"),
            [["week", "2026-11-23 – 2026-11-29"], ["week", "2026-11-30 – 2026-12-06"]],
        ),
        (
            Within.MONTH,
            between("12-31 22:00", "2027-01-01 02:00"),
            [["month", "2026-12"], ["month", "2027-01"]],
        ),
        (Within.OPEN, WISH, [["open"]]),
    ],
)
def test_each_period_that_is_full_is_told_once(
    period: Within, span: TimeSpan, expected: list[list[str]]
) -> None:
    full = Quota(Per.PERSON, Measure.COUNT, period, 0)
    found = list(within_quotas(demand(span=span), policy(quotas=(full,))))
    assert [one.params["during"] for one in found] == expected
    assert len({words(one.code, one.params) for one in found}) == len(expected)


def test_of_very_long_wishes_a_month_of_full_days_is_enough() -> None:
    full = Quota(Per.PERSON, Measure.HOURS, Within.DAY, 1)
    wish = between("2026-11-24 00:00", "2036-11-24 00:00")
    assert broken(full, span=wish) == ["quota.person"] * 31


@pytest.mark.parametrize(
    ("state", "late", "expected"),
    [
        (State.CONFIRMED, False, True),
        (State.SETTLED, False, True),
        (State.MISSED, False, True),
        (State.CANCELLED, False, False),
        (State.CANCELLED, True, True),
        (State.REJECTED, False, False),
        (State.EXPIRED, False, False),
    ],
)
def test_what_counts(state: State, late: bool, expected: bool) -> None:
    assert counts(state, late=late) is expected


@given(spans(), st.sampled_from([Within.DAY, Within.WEEK, Within.MONTH]))
def test_periods_cover_a_span_without_gap_or_overlap(span: TimeSpan, within: Within) -> None:
    periods = periods_touched(span, within)
    assert all(a.end == b.start for a, b in pairwise(periods))
    assert all(period.overlaps(span) for period in periods)
    shares = [share.length for period in periods if (share := period.clipped(span))]
    assert sum(shares, timedelta(0)) == span.length
    assert all(span_to_count(span).contains(period) for period in periods)
