"""What other places call the same moment: offsets, and hours that are skipped or come twice."""

from tests.factories.law import beyond, mine, quota, within
from tests.factories.reservation_values import at

P = "quota.person"
HALF_HOURS = {"grid_minutes": 30}
SPRING = {"asked_at": at("2026-03-01 08:00")}
AUTUMN = {"asked_at": at("2026-10-01 08:00")}
DAY_3 = quota("person hours day 3")
ONCE_A_DAY = quota("person count day 1")

CASES = (
    within(
        P,
        "New York's evening is tomorrow here",
        "2026-11-23T20:00-05:00/2026-11-23T22:00-05:00",
        quotas=ONCE_A_DAY,
        counted=(mine("11-23 20:00/21:00"),),
    ),
    beyond(
        P,
        "it counts on the day that it is here",
        "2026-11-23T20:00-05:00/2026-11-23T22:00-05:00",
        quotas=ONCE_A_DAY,
        counted=(mine("11-24 20:00/21:00"),),
    ),
    beyond(
        P, "two offsets in one wish", "2026-11-24T05:00+00:00/2026-11-24T16:01+08:00", quotas=DAY_3
    ),
    within(
        P, "three hours between them", "2026-11-24T05:00+00:00/2026-11-24T16:00+08:00", quotas=DAY_3
    ),
    within(
        "grid.off",
        "Delhi's half hour",
        "2026-11-24T10:00+05:30/2026-11-24T11:00+05:30",
        **HALF_HOURS,
    ),
    beyond(
        "grid.off",
        "Kathmandu's quarter",
        "2026-11-24T10:00+05:45/2026-11-24T11:00+05:45",
        **HALF_HOURS,
    ),
    within(
        "grid.off",
        "Kathmandu on quarters",
        "2026-11-24T10:00+05:45/2026-11-24T11:00+05:45",
        grid_minutes=15,
    ),
    within(
        "duration.too_long",
        "Berlin skips an hour: two are one",
        "2026-03-29T01:30+01:00/2026-03-29T03:30+02:00",
        longest_minutes=60,
        **SPRING,
    ),
    beyond(
        "duration.too_long",
        "Berlin repeats an hour: one is two",
        "2026-10-25T01:30+02:00/2026-10-25T02:31+01:00",
        longest_minutes=120,
        **AUTUMN,
    ),
    within(
        "duration.too_short",
        "the hour that Berlin has twice",
        "2026-10-25T02:30+02:00/2026-10-25T02:30+01:00",
        shortest_minutes=60,
        **AUTUMN,
    ),
    beyond(
        "duration.too_short",
        "New York skips an hour",
        "2026-03-08T01:30-05:00/2026-03-08T03:29-04:00",
        shortest_minutes=60,
        **SPRING,
    ),
    within(
        "notice.too_short",
        "an hour ahead on both sides of Berlin's change",
        "2026-10-25T02:00+01:00/2026-10-25T04:00+01:00",
        notice_minutes=60,
        asked_at=at("2026-10-25 08:00"),
    ),
    beyond(
        "notice.too_short",
        "a minute less across it",
        "2026-10-25T02:59+02:00/2026-10-25T04:00+01:00",
        notice_minutes=60,
        asked_at=at("2026-10-25 08:00"),
    ),
    within(
        "horizon.too_far",
        "the last evening in London is still the day before",
        "2026-11-24T15:59+00:00/2026-11-24T16:30+00:00",
        horizon_days={"enterprise": 1},
    ),
    beyond(
        "horizon.too_far",
        "a minute later it is the next day here",
        "2026-11-24T16:00+00:00/2026-11-24T16:30+00:00",
        horizon_days={"enterprise": 1},
    ),
    beyond(
        "gap.person",
        "a gap is measured in moments",
        "2026-10-25T02:30+01:00/2026-10-25T03:30+01:00",
        person_gap_minutes=61,
        counted=(mine("2026-10-25T01:30+02:00/2026-10-25T02:30+02:00"),),
        **AUTUMN,
    ),
    within(
        "gap.person",
        "the hour that Berlin has twice lies between",
        "2026-10-25T02:30+01:00/2026-10-25T03:30+01:00",
        person_gap_minutes=60,
        counted=(mine("2026-10-25T01:30+02:00/2026-10-25T02:30+02:00"),),
        **AUTUMN,
    ),
)
