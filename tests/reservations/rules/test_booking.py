"""A wish is judged by every rule at once, and a plain one by none."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.layers import Decider, Decision
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.booking import APPROVAL_RULES, RULES, Rule, violations
from booking.reservations.rules.demand import Demand, Policy, Training
from booking.reservations.rules.training import trained
from tests.factories.reservation_values import at, between, demand, policy


def codes(asked: Demand, allowed: Policy, rules: Iterable[Rule] = RULES) -> list[str]:
    return [violation.code for violation in violations(asked, allowed, rules)]


def test_a_plain_wish_breaks_nothing() -> None:
    assert codes(demand(), policy()) == []


def test_a_refusal_names_every_rule_that_speaks_against_it() -> None:
    asked = demand(span=between("11-23 08:10", "08:20"), mode="remote", verified=False)
    allowed = policy(published=False, open_windows=(), training_required=True)
    assert codes(asked, allowed) == [
        "instrument.unpublished",
        "organisation.unverified",
        "mode.not_offered",
        "notice.too_short",
        "opening.closed",
        "duration.too_short",
        "grid.off",
    ]


def test_what_nobody_may_set_aside_is_marked() -> None:
    asked = demand(span=between("11-22 08:00", "09:00"), mode="remote", verified=False)
    found = violations(asked, policy(published=False))
    assert not any(violation.overridable for violation in found)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (between("11-23 10:00", "11:00"), []),
        (between("11-23 09:30", "11:00"), ["notice.too_short"]),
        (between("11-23 08:00", "09:00"), ["notice.too_short"]),
        (between("11-23 07:30", "11:00"), ["span.in_past"]),
    ],
)
def test_two_hours_notice(span: TimeSpan, expected: list[str]) -> None:
    assert codes(demand(span=span), policy()) == expected


@pytest.mark.parametrize(
    ("customer_class", "start", "expected"),
    [
        ("enterprise", "2027-01-22", []),
        ("enterprise", "2027-01-23", ["horizon.too_far"]),
        ("internal", "2027-01-23", []),
        ("internal", "2027-02-22", ["horizon.too_far"]),
        ("academic", "2027-02-22", []),
    ],
)
def test_each_class_has_its_own_horizon_in_local_days(
    customer_class: str, start: str, expected: list[str]
) -> None:
    span = between(f"{start} 10:00", "12:00")
    asked = demand(span=span, customer_class=customer_class)
    assert codes(asked, policy()) == expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (between("11-24 13:00", "13:30"), []),
        (between("11-24 13:00", "21:00"), []),
        (between("11-24 13:00", "21:30"), ["duration.too_long"]),
        (between("11-24 13:00", "13:20"), ["duration.too_short", "grid.off"]),
        (between("11-24 13:10", "14:10"), ["grid.off"]),
    ],
)
def test_length_and_grid(span: TimeSpan, expected: list[str]) -> None:
    assert codes(demand(span=span), policy()) == expected


def test_the_grid_counts_from_local_midnight() -> None:
    # 00:00 in the zone is 16:00 UTC: a grid of five hours would differ.
    grid = timedelta(hours=5)
    allowed = policy(grid=grid)
    assert codes(demand(span=between("11-24 05:00", "10:00")), allowed) == []
    assert codes(demand(span=between("11-24 06:00", "11:00")), allowed) == ["grid.off"]


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ((between("11-24 08:00", "18:00"),), []),
        ((between("11-24 13:00", "16:00"),), []),
        ((between("11-24 08:00", "14:00"), between("11-24 14:00", "18:00")), []),
        ((between("11-24 08:00", "14:00"), between("11-24 15:00", "18:00")), ["opening.closed"]),
        ((), ["opening.closed"]),
    ],
)
def test_only_inside_opening_hours(windows: tuple[TimeSpan, ...], expected: list[str]) -> None:
    assert codes(demand(), policy(open_windows=windows)) == expected


def decided(decider: Decider, words: str = "") -> Decision:
    return Decision(date(2026, 11, 24), decider, words, ())


@pytest.mark.parametrize(
    ("closed_by", "because"),
    [
        (None, ["hours"]),
        (decided(Decider.WEEK), ["hours"]),
        (decided(Decider.HOLIDAY, "国庆节"), ["holiday", "国庆节"]),
        (decided(Decider.ZONE, "全区停电"), ["zone", "全区停电"]),
        (decided(Decider.LAB), ["lab"]),
    ],
)
def test_a_refusal_says_who_closed_the_day(closed_by: Decision | None, because: list[str]) -> None:
    (found,) = violations(demand(), policy(open_windows=(), closed_by=closed_by))
    assert (found.code, found.params["reason"]) == ("opening.closed", "hours")
    assert found.params["because"] == because
    assert found.overridable


def test_a_year_without_calendar_is_an_error_and_not_a_working_week() -> None:
    found = violations(demand(), policy(open_windows=(), missing_years=(2027,)))
    assert [(v.code, v.params["year"], v.overridable) for v in found] == [
        ("opening.no_calendar", 2027, False)
    ]


def test_a_fault_closes_until_it_is_resolved() -> None:
    broken = policy(faulty_since=at("11-24 09:00"))
    assert violations(demand(), broken)[0].params["reason"] == "fault"
    assert codes(demand(), policy(faulty_since=at("11-24 16:00"))) == []


def test_a_fault_outside_the_hours_is_two_reasons() -> None:
    closed = decided(Decider.HOLIDAY, "国庆节")
    found = violations(demand(), policy(faulty_since=at("11-24 09:00"), closed_by=closed))
    assert [(v.code, v.params["reason"], v.overridable) for v in found] == [
        ("opening.closed", "fault", False),
        ("opening.closed", "hours", True),
    ]


@pytest.mark.parametrize(
    ("training", "expected"),
    [
        (None, ["training.missing"]),
        (Training(), []),
        # By date: it must last to the end of the booking, 16:00.
        (Training(valid_until=at("11-24 16:00")), []),
        (Training(valid_until=at("11-24 15:59")), ["training.expires"]),
        # By disuse, 30 days: whoever begins in time, at 13:00, is in practice.
        (Training(last_used=at("10-25 13:00")), []),
        (Training(last_used=at("10-25 12:59")), ["training.unused"]),
        (Training(last_used=at("11-24 18:00")), []),
        (Training(at("11-24 16:00"), at("10-25 13:00")), []),
        (Training(at("11-24 16:00"), at("10-25 12:59")), ["training.unused"]),
        (Training(at("11-24 15:59"), at("10-25 13:00")), ["training.expires"]),
    ],
)
def test_who_operates_alone_is_trained(training: Training | None, expected: list[str]) -> None:
    allowed = policy(training_required=True, training_unused=timedelta(days=30))
    assert codes(demand(training=training), allowed) == expected
    assert codes(demand(training=training), allowed, APPROVAL_RULES) == expected
    assert codes(demand(training=training, mode="entrusted"), allowed) == []
    assert codes(demand(training=training), policy()) == []


def test_a_refusal_names_the_date_and_the_disuse() -> None:
    allowed = policy(training_required=True, training_unused=timedelta(days=30))
    until, used = at("11-24 14:00"), at("10-20 12:00")
    found = violations(demand(training=Training(until, used)), allowed)
    assert [(one.code, one.params) for one in found] == [
        ("training.expires", {"until": until}),
        ("training.unused", {"until": at("11-19 12:00"), "days": 30}),
    ]
    assert all(one.overridable for one in found)


@given(st.integers(0, 40 * 24), st.integers(0, 40 * 24), st.integers(1, 60))
def test_whoever_may_begin_later_may_begin_earlier(early: int, later: int, unused: int) -> None:
    first, last = sorted((early, later))
    allowed = policy(training_required=True, training_unused=timedelta(days=unused))
    training = Training(valid_until=at("12-31 00:00"), last_used=at("11-01 12:00"))

    def speaks(hours: int) -> bool:
        start = at("11-24 13:00") + timedelta(hours=hours)
        span = TimeSpan(start, start + timedelta(hours=1))
        return bool(codes(demand(span=span, training=training), allowed, [trained]))

    assert speaks(last) or not speaks(first)


def test_an_approval_asks_again_what_may_have_changed_meanwhile() -> None:
    late = demand(span=between("11-23 08:10", "08:20"), verified=False)
    assert codes(late, policy(published=False), APPROVAL_RULES) == [
        "instrument.unpublished",
        "organisation.unverified",
    ]
