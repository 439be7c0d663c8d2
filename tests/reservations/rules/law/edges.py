"""Edges of time: midnight, February, the ends of months and years, week 53."""

from booking.instruments.rules.opening import StatutoryCalendar
from tests.factories.law import OFFICE, beyond, mine, quota, within
from tests.factories.reservation_values import at

P = "quota.person"
HALF_HOURS = {"grid_minutes": 30}
SEVEN_HOURS = {"grid_minutes": 420}
WHOLE_DAYS = {"grid_minutes": 1440}
LEAP = {"asked_at": at("2028-02-01 08:00")}
COMMON = {"asked_at": at("2027-02-01 08:00")}
DAY_3, DAY_2 = quota("person hours day 3"), quota("person hours day 2")
ONCE_A_DAY, ONCE_A_WEEK = quota("person count day 1"), quota("person count week 1")
ONCE_A_MONTH = quota("person count month 1")

CASES = (
    # The grid is counted anew from every local midnight.
    within("grid.off", "over midnight", "11-24 23:30/11-25 00:30", **HALF_HOURS),
    beyond("grid.off", "a quarter to, a quarter past", "11-24 23:45/11-25 00:15", **HALF_HOURS),
    within("grid.off", "seven hours: the third line", "11-24 21:00/11-25 00:00", **SEVEN_HOURS),
    beyond("grid.off", "28 hours are no line", "11-24 21:00/11-25 04:00", **SEVEN_HOURS),
    within("grid.off", "whole days", "11-24 00:00/11-27 00:00", **WHOLE_DAYS),
    beyond("grid.off", "half a day", "11-24 00:00/11-26 12:00", **WHOLE_DAYS),
    beyond(
        "grid.off",
        "midnight of London is none",
        "2026-11-24T00:00+00:00/2026-11-26T00:00+00:00",
        **WHOLE_DAYS,
    ),
    # Hours count where they fall, cut at midnight.
    within(P, "three hours on each side of midnight", "11-24 21:00/11-25 03:00", quotas=DAY_3),
    beyond(P, "a minute more before midnight", "11-24 20:59/11-25 03:00", quotas=DAY_3),
    beyond(P, "a minute more after midnight", "11-24 21:00/11-25 03:01", quotas=DAY_3),
    within(
        P,
        "ends at midnight: the next day is not touched",
        "11-24 22:00/11-25 00:00",
        quotas=ONCE_A_DAY,
        counted=(mine("11-25 00:00/01:00"),),
    ),
    beyond(
        P,
        "a minute past midnight touches it",
        "11-24 22:00/11-25 00:01",
        quotas=ONCE_A_DAY,
        counted=(mine("11-25 08:00/09:00"),),
    ),
    beyond(
        P,
        "three days touch the one in the middle",
        "11-24 12:00/11-26 12:00",
        quotas=ONCE_A_DAY,
        counted=(mine("11-25 08:00/09:00"),),
        places=2,
    ),
    within(
        P,
        "a span of three days, whole ones",
        "11-24 00:00/11-27 00:00",
        quotas=quota("person hours day 24"),
    ),
    beyond(
        P,
        "each day that is too full is named",
        "11-24 00:00/11-27 00:00",
        P,
        P,
        quotas=quota("person hours day 23"),
    ),
    within(
        P, "two weeks share a night", "11-29 22:00/11-30 02:00", quotas=quota("person hours week 2")
    ),
    beyond(
        P,
        "one of them has too much of it",
        "11-29 21:59/11-30 02:00",
        quotas=quota("person hours week 2"),
    ),
    beyond(
        P,
        "both weeks have too much of it",
        "11-29 21:59/11-30 02:01",
        P,
        quotas=quota("person hours week 2"),
    ),
    beyond(
        P,
        "a full day and a full week are two reasons",
        "11-29 22:00/11-30 02:01",
        P,
        quotas=DAY_2 + quota("person hours week 2"),
    ),
    # February.
    within(
        P,
        "29 February is a day of its own",
        "2028-02-29 08:00/10:00",
        quotas=DAY_2,
        counted=(mine("2028-02-28 08:00/10:00"), mine("2028-03-01 08:00/10:00")),
        **LEAP,
    ),
    beyond(
        P,
        "29 February is of February",
        "2028-02-29 22:00/23:00",
        quotas=ONCE_A_MONTH,
        counted=(mine("2028-02-01 08:00/09:00"),),
        **LEAP,
    ),
    within(
        P,
        "29 February is not of March",
        "2028-02-29 22:00/2028-03-01 00:00",
        quotas=ONCE_A_MONTH,
        counted=(mine("2028-03-01 00:00/01:00"),),
        **LEAP,
    ),
    within(
        P,
        "28 February ends in March where there is no 29th",
        "2027-02-28 22:00/2027-03-01 02:00",
        quotas=DAY_2,
        **COMMON,
    ),
    beyond(
        P,
        "it is a booking of March then",
        "2027-02-28 22:00/2027-03-01 02:00",
        quotas=ONCE_A_MONTH,
        counted=(mine("2027-03-31 23:00/2027-04-01 00:00"),),
        **COMMON,
    ),
    within(
        P,
        "from 28 to 29 February is one month",
        "2028-02-28 22:00/2028-02-29 02:00",
        quotas=ONCE_A_MONTH,
        counted=(mine("2028-03-01 08:00/09:00"),),
        **LEAP,
    ),
    within(
        "horizon.too_far",
        "28 days to 29 February",
        "2028-02-29 23:00/23:30",
        horizon_days={"enterprise": 28},
        **LEAP,
    ),
    beyond(
        "horizon.too_far",
        "29 February is a day between",
        "2028-03-01 00:00/00:30",
        horizon_days={"enterprise": 28},
        **LEAP,
    ),
    within(
        "horizon.too_far",
        "28 days to 1 March in a common year",
        "2027-03-01 00:00/00:30",
        horizon_days={"enterprise": 28},
        **COMMON,
    ),
    # The ends of months and years; week 53.
    within(P, "a month end", "11-30 22:00/12-01 02:00", quotas=quota("person hours month 2")),
    beyond(
        P,
        "too much of the old month",
        "11-30 21:59/12-01 02:00",
        quotas=quota("person hours month 2"),
    ),
    beyond(
        P,
        "too much of both",
        "11-30 21:59/12-01 02:01",
        P,
        quotas=quota("person hours month 2"),
    ),
    beyond(
        P,
        "too much of the new month",
        "11-30 22:00/12-01 02:01",
        quotas=quota("person hours month 2"),
    ),
    within(
        P, "New Year's Eve", "12-31 22:00/2027-01-01 02:00", quotas=quota("person hours month 2")
    ),
    beyond(
        P,
        "a January is not the last one",
        "12-31 22:00/2027-01-01 02:01",
        quotas=quota("person hours month 2"),
    ),
    within(
        P,
        "January of another year",
        "2027-01-10 08:00/09:00",
        quotas=ONCE_A_MONTH,
        counted=(mine("2026-01-10 08:00/09:00"),),
    ),
    beyond(
        P,
        "week 53 goes on in the new year",
        "2027-01-03 08:00/09:00",
        quotas=ONCE_A_WEEK,
        counted=(mine("2026-12-28 08:00/09:00"),),
    ),
    within(
        P,
        "week 1 begins on the fourth",
        "2027-01-04 00:00/01:00",
        quotas=ONCE_A_WEEK,
        counted=(mine("2026-12-28 08:00/09:00"),),
    ),
    within(
        P,
        "the week before week 53",
        "2026-12-28 00:00/01:00",
        quotas=ONCE_A_WEEK,
        counted=(mine("2026-12-27 23:00/2026-12-28 00:00"),),
    ),
    within(
        "opening.no_calendar",
        "ends with the year that is known",
        "12-31 09:00/17:00",
        week=OFFICE,
        calendar=StatutoryCalendar(frozenset({2026}), {}, {}),
    ),
    beyond(
        "opening.no_calendar",
        "goes on into a year that is not",
        "12-31 22:00/2027-01-01 02:00",
        calendar=StatutoryCalendar(frozenset({2026}), {}, {}),
    ),
)
