"""What counts, compared with a slower way of counting, whatever the wish."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from booking.instruments.rules.peaks import PeakHours
from booking.instruments.rules.price_list import contradictions
from booking.instruments.rules.tariff import NO_FACTOR
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.demand import Counted, Measure, Per, Quota, Within
from booking.reservations.rules.gap import keeps_gap
from booking.reservations.rules.quota import within_quotas
from tests.factories.law import prices
from tests.factories.reservation_values import demand, policy
from tests.factories.spans import spans

A_MINUTE = timedelta(minutes=1)
PERIODS: dict[Within, Callable[[date], object]] = {
    Within.DAY: lambda day: day,
    Within.WEEK: lambda day: day.isocalendar()[:2],
    Within.MONTH: lambda day: (day.year, day.month),
}


def mine(span: TimeSpan) -> Counted:
    return Counted(span, same_person=True, same_organisation=True, is_open=True)


def share_of_each(span: TimeSpan, within: Within) -> dict[object, timedelta]:
    """How much of a span falls on each day, week or month: day by day."""
    shares: dict[object, timedelta] = defaultdict(timedelta)
    for day, share in span.by_local_day():
        shares[PERIODS[within](day)] += share.length
    return shares


def least_limit(span: TimeSpan, within: Within, *counted: Counted) -> int:
    """The smallest limit of hours under which the law lets a wish pass."""
    asked = demand(span=span, counted=counted)

    def passes(limit: int) -> bool:
        quota = Quota(Per.PERSON, Measure.HOURS, within, limit)
        return not list(within_quotas(asked, policy(quotas=(quota,))))

    return next(limit for limit in range(1_000) if passes(limit))


def whole_hours(length: timedelta) -> int:
    return -(-length // timedelta(hours=1))


@pytest.mark.parametrize("within", PERIODS)
@given(span=spans(days=800))
def test_hours_count_where_they_fall_and_add_up_to_the_length(
    within: Within, span: TimeSpan
) -> None:
    shares = share_of_each(span, within)
    assert sum(shares.values(), timedelta(0)) == span.length
    assert least_limit(span, within) == whole_hours(max(shares.values()))


@pytest.mark.parametrize("within", PERIODS)
@given(span=spans(days=30), other=spans(days=30))
def test_what_is_booked_is_added_where_both_fall(
    within: Within, span: TimeSpan, other: TimeSpan
) -> None:
    ours, theirs = share_of_each(span, within), share_of_each(other, within)
    together = max(length + theirs.get(period, timedelta(0)) for period, length in ours.items())
    assert least_limit(span, within, mine(other)) == whole_hours(together)


@given(span=spans(days=4), other=spans(days=4), gap=st.integers(1, 4_000))
def test_a_gap_is_kept_on_both_sides_alike(span: TimeSpan, other: TimeSpan, gap: int) -> None:
    asked = policy(person_gap=gap * A_MINUTE)
    distance = max(other.start - span.end, span.start - other.end)
    is_too_close = distance < gap * A_MINUTE
    assert bool(list(keeps_gap(demand(span=span, counted=(mine(other),)), asked))) is is_too_close
    assert bool(list(keeps_gap(demand(span=other, counted=(mine(span),)), asked))) is is_too_close


clocks = st.integers(0, 23).map(lambda hour: f"{hour:02d}:00")
bands = st.tuples(
    st.sets(st.sampled_from("1234567"), min_size=1).map("".join),
    clocks,
    clocks,
    st.sampled_from(("0.5", "1", "1.5", "2")),
)


@given(span=spans(longest_minutes=3 * 1440, days=14), told=st.lists(bands, max_size=3))
def test_the_peak_is_every_minute_that_costs_most(
    span: TimeSpan, told: list[tuple[str, str, str, str]]
) -> None:
    tariff = prices(*told)
    assume(not list(contradictions(tariff)))
    highest = max((NO_FACTOR, *(band.factor for band in tariff.peak)))
    minutes = [span.start + n * A_MINUTE for n in range(span.length // A_MINUTE)]
    dear = [
        moment
        for moment in minutes
        if tariff.factor_at(local(moment).isoweekday(), _minute(moment)) == highest
    ]
    found = PeakHours.of_prices(tariff.peak).within(span)
    assert [m for m in minutes if any(one.start <= m < one.end for one in found)] == dear


def _minute(moment: datetime) -> int:
    at = local(moment)
    return at.hour * 60 + at.minute
