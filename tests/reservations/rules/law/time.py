"""When, how long, how early, on which lines, within which hours."""

from booking.instruments.rules.opening import DayKind, StatutoryCalendar
from tests.factories.law import OFFICE, beyond, span_in, within

ONE_HOUR = {"notice_minutes": 60}
DAYS_AHEAD = {"horizon_days": {"enterprise": 60, "academic": 90, "internal": 0}}
LENGTHS = {"shortest_minutes": 60, "longest_minutes": 480}
OWN = {
    "per_class": {"academic": {"notice_minutes": 0, "shortest_minutes": 30, "longest_minutes": 600}}
}
HALF_HOURS = {"grid_minutes": 30}
OPEN = {"week": OFFICE}
NIGHTS = {"week": ((1, 1200, 1800), (2, 1200, 1800))}
SPLIT = {"week": ((2, 540, 720), (2, 780, 1020))}
TOUCHING = {"week": ((2, 540, 720), (2, 720, 1020))}
FAULT = {"faults": (span_in("11-24 12:00/11-26 12:00"),)}
STATE = StatutoryCalendar(
    frozenset({2026}),
    {
        span_in("2026-09-27 08:00/09:00").start.date(): DayKind.MAKEUP_WORKDAY,
        span_in("2026-10-01 12:00/13:00").start.date(): DayKind.HOLIDAY,
    },
    {},
)
AUTUMN = {"week": OFFICE, "calendar": STATE, "asked_at": span_in("2026-09-20 08:00/09:00").start}

CASES = (
    within("span.in_past", "begins this moment", "11-23 08:00/09:00"),
    beyond("span.in_past", "began a minute ago", "11-23 07:59/09:00"),
    beyond("span.in_past", "is over", "11-22 08:00/09:00"),
    beyond(
        "span.in_past", "is over, which is not too late as well", "11-22 08:00/09:00", **ONE_HOUR
    ),
    within("notice.too_short", "an hour ahead to the minute", "11-23 09:00/10:00", **ONE_HOUR),
    beyond("notice.too_short", "a minute less", "11-23 08:59/10:00", **ONE_HOUR),
    beyond("notice.too_short", "at once", "11-23 08:00/10:00", **ONE_HOUR),
    within("notice.too_short", "at once, where no notice is asked", "11-23 08:00/10:00"),
    within("notice.too_short", "two days ahead", "11-25 08:00/10:00", notice_minutes=2880),
    beyond("notice.too_short", "two days less a minute", "11-25 07:59/10:00", notice_minutes=2880),
    within(
        "notice.too_short",
        "a class with a notice of its own",
        "11-23 08:00/10:00",
        customer_class="academic",
        notice_minutes=60,
        **OWN,
    ),
    beyond(
        "notice.too_short",
        "the same for everybody else",
        "11-23 08:00/10:00",
        notice_minutes=60,
        **OWN,
    ),
    within("horizon.too_far", "on the sixtieth day", "2027-01-22 23:00/23:30", **DAYS_AHEAD),
    beyond(
        "horizon.too_far",
        "on the first minute of the day after",
        "2027-01-23 00:00/00:30",
        **DAYS_AHEAD,
    ),
    within(
        "horizon.too_far",
        "begins on the last day and ends after it",
        "2027-01-22 23:30/2027-01-23 02:00",
        **DAYS_AHEAD,
    ),
    within(
        "horizon.too_far",
        "academics may book longer ahead",
        "2027-01-23 00:00/00:30",
        customer_class="academic",
        **DAYS_AHEAD,
    ),
    beyond(
        "horizon.too_far",
        "but not for ever",
        "2027-02-22 00:00/00:30",
        customer_class="academic",
        **DAYS_AHEAD,
    ),
    within(
        "horizon.too_far",
        "no days ahead: today",
        "11-23 23:59/11-24 01:00",
        customer_class="internal",
        **DAYS_AHEAD,
    ),
    beyond(
        "horizon.too_far",
        "no days ahead: not tomorrow",
        "11-24 00:00/01:00",
        customer_class="internal",
        **DAYS_AHEAD,
    ),
    within(
        "horizon.too_far",
        "a class of which nothing is said",
        "2030-01-01 00:00/01:00",
        horizon_days={"internal": 1},
    ),
    within("duration.too_short", "an hour", "11-24 13:00/14:00", **LENGTHS),
    beyond("duration.too_short", "a minute less than an hour", "11-24 13:00/13:59", **LENGTHS),
    within(
        "duration.too_short",
        "shorter for a class",
        "11-24 13:00/13:30",
        customer_class="academic",
        **LENGTHS,
        **OWN,
    ),
    beyond(
        "duration.too_short",
        "too short for that class too",
        "11-24 13:00/13:29",
        customer_class="academic",
        **LENGTHS,
        **OWN,
    ),
    within("duration.too_long", "eight hours", "11-24 08:00/16:00", **LENGTHS),
    beyond("duration.too_long", "a minute more", "11-24 08:00/16:01", **LENGTHS),
    within(
        "duration.too_long",
        "longer for a class",
        "11-24 08:00/18:00",
        customer_class="academic",
        **LENGTHS,
        **OWN,
    ),
    beyond(
        "duration.too_long",
        "too long for that class too",
        "11-24 08:00/18:01",
        customer_class="academic",
        **LENGTHS,
        **OWN,
    ),
    within(
        "duration.too_long",
        "buffers are not counted",
        "11-24 08:00/16:00",
        buffer_before_minutes=30,
        buffer_after_minutes=30,
        **LENGTHS,
    ),
    within("grid.off", "on half hours", "11-24 13:30/14:30", **HALF_HOURS),
    beyond("grid.off", "begins off the line", "11-24 13:31/14:30", **HALF_HOURS),
    beyond("grid.off", "ends off the line", "11-24 13:30/14:29", **HALF_HOURS),
    beyond("grid.off", "off both lines is one violation", "11-24 13:10/14:10", **HALF_HOURS),
    within("opening.closed", "the whole of the opening hours", "11-24 09:00/17:00", **OPEN),
    beyond("opening.closed", "begins a minute before they open", "11-24 08:59/17:00", **OPEN),
    beyond("opening.closed", "ends a minute after they close", "11-24 09:00/17:01", **OPEN),
    beyond("opening.closed", "a Saturday", "11-28 10:00/11:00", **OPEN),
    beyond("opening.closed", "over a night that is closed", "11-24 16:00/11-25 10:00", **OPEN),
    within("opening.closed", "a night that belongs to Monday", "11-23 20:00/11-24 06:00", **NIGHTS),
    within(
        "opening.closed", "ends with Tuesday's night on Wednesday", "11-25 05:00/06:00", **NIGHTS
    ),
    beyond("opening.closed", "Wednesday has no night", "11-25 20:00/22:00", **NIGHTS),
    beyond("opening.closed", "over the lunch break", "11-24 11:00/14:00", **SPLIT),
    within("opening.closed", "over two windows that touch", "11-24 11:00/14:00", **TOUCHING),
    within(
        "opening.closed",
        "buffers may lie outside",
        "11-24 09:00/17:00",
        buffer_before_minutes=60,
        **OPEN,
    ),
    within("opening.closed", "over midnight, where it never closes", "11-24 22:00/11-25 02:00"),
    within("opening.closed", "ends when a fault begins", "11-24 10:00/12:00", **FAULT),
    beyond("opening.closed", "ends a minute after a fault begins", "11-24 10:00/12:01", **FAULT),
    within("opening.closed", "begins when a fault ends", "11-26 12:00/13:00", **FAULT),
    beyond("opening.closed", "begins a minute before a fault ends", "11-26 11:59/13:00", **FAULT),
    within("opening.closed", "a Sunday that is worked", "2026-09-27 09:00/17:00", **AUTUMN),
    beyond("opening.closed", "a Thursday that is a holiday", "2026-10-01 09:00/17:00", **AUTUMN),
    within(
        "opening.no_calendar",
        "the last day of a year that is known",
        "12-31 09:00/17:00",
        week=OFFICE,
        calendar=STATE,
    ),
    beyond(
        "opening.no_calendar",
        "a working day of a year that is not",
        "2027-01-04 09:00/17:00",
        week=OFFICE,
        calendar=STATE,
    ),
    within(
        "opening.no_calendar",
        "an instrument that follows no calendar",
        "2027-01-04 09:00/17:00",
        week=OFFICE,
    ),
)
