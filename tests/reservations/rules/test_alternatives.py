"""What is proposed instead can really be booked, and nothing nearer can."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.availability import Distance, free_of_unit
from booking.kernel.timespan import TimeSpan, in_order
from booking.reservations.rules.alternatives import nearest_windows
from booking.reservations.rules.booking import violations
from booking.reservations.rules.demand import Counted, Measure, Per, Policy, Quota, Within
from tests.factories.reservation_values import at, between, demand, policy
from tests.factories.spans import spans

OPEN = between("11-24 08:00", "18:00")


def free(units: Sequence[Sequence[TimeSpan]], allowed: Policy) -> list[TimeSpan]:
    distance = Distance(allowed.buffer_before, allowed.buffer_after)
    windows = allowed.open_windows
    return [span for held in units for span in free_of_unit(windows, held, distance)]


def proposed(taken: list[TimeSpan], **changes: object) -> tuple[TimeSpan, ...]:
    allowed = policy(open_windows=(OPEN,), **changes)
    return nearest_windows(free([taken], allowed), demand(), allowed)


def test_the_nearest_window_on_either_side_is_proposed() -> None:
    assert proposed([between("11-24 12:00", "15:00")]) == (
        between("11-24 15:00", "18:00"),
        between("11-24 09:00", "12:00"),
    )


def test_a_window_too_short_is_not_proposed() -> None:
    assert proposed([between("11-24 10:30", "15:30")]) == ()


def test_buffers_keep_their_distance_from_what_is_taken() -> None:
    quarter = timedelta(minutes=15)
    taken = [between("11-24 12:00", "14:45")]
    assert proposed(taken, buffer_before=quarter, buffer_after=quarter) == (
        between("11-24 15:00", "18:00"),
        between("11-24 08:30", "11:30"),
    )


def test_a_second_unit_is_free_at_the_very_time() -> None:
    allowed = policy(open_windows=(OPEN,))
    both = free([[between("11-24 12:00", "15:00")], []], allowed)
    assert nearest_windows(both, demand(), allowed)[0] == demand().span


def test_nothing_earlier_than_notice_allows() -> None:
    allowed = policy(open_windows=(OPEN,), notice=timedelta(hours=31))
    one = free([[between("11-24 13:00", "18:00")]], allowed)
    assert nearest_windows(one, demand(), allowed) == ()


def test_a_day_whose_quota_is_used_up_is_passed_over() -> None:
    """The instrument is open day and night: one free window, in which only one day is used up."""
    booked = Counted(
        between("11-24 10:00", "12:00"), same_person=True, same_organisation=True, is_open=True
    )
    daily = Quota(Per.PERSON, Measure.COUNT, Within.DAY, 1)
    night_and_day = TimeSpan(at("11-24 00:00"), at("11-27 00:00"))
    allowed = policy(open_windows=(night_and_day,), quotas=(daily,))
    wish = replace(demand(), counted=(booked,))
    spans = nearest_windows(free([[booked.span]], allowed), wish, allowed)
    assert [span.start for span in spans] == [at("11-25 00:00"), at("11-26 00:00")]


def test_nothing_is_proposed_beyond_the_horizon() -> None:
    allowed = policy(open_windows=(OPEN,), horizon_days={"enterprise": 0})
    assert nearest_windows(free([[]], allowed), demand(), allowed) == ()


def test_what_is_proposed_does_not_overlap() -> None:
    allowed = policy(open_windows=(OPEN,))
    units = free([[between("11-24 12:00", "15:00")], [between("11-24 11:30", "14:30")]], allowed)
    spans = nearest_windows(units, demand(), allowed)
    assert len(spans) > 1
    assert in_order(spans)


MINUTES = [timedelta(minutes=minutes) for minutes in (0, 5, 15, 45)]


@given(
    st.lists(spans(longest_minutes=600, days=20), max_size=12),
    spans(longest_minutes=900, days=20),
    st.sampled_from(MINUTES),
    st.sampled_from(MINUTES),
)
def test_every_proposal_passes_the_rules_and_keeps_clear_of_what_is_taken(
    taken: list[TimeSpan], wish: TimeSpan, before: timedelta, after: timedelta
) -> None:
    window = TimeSpan(wish.start - timedelta(days=7), wish.end + timedelta(days=7))
    allowed = policy(open_windows=(window,), buffer_before=before, buffer_after=after)
    asked = demand(span=wish, asked_at=wish.start - timedelta(days=3))
    for span in nearest_windows(free([taken], allowed), asked, allowed):
        fitted = demand(span=span, asked_at=asked.asked_at)
        assert violations(fitted, allowed) == ()
        assert not any(allowed.held(span).overlaps(other) for other in taken)
