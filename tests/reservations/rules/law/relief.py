"""What does not count against quotas of hours: time off the peak, time that nobody else took."""

from tests.factories.law import beyond, colleagues, mine, peak, prices, quota, within

P, ORG = "quota.person", "quota.organisation"
WISH = "11-24 13:00/16:00"
MORNING = "11-24 08:00/10:00"
DAYTIME = peak("12345", "09:00", "18:00")
OFF_PEAK = {"uncounted_off_peak": True, "peak_hours": DAYTIME}
LATE = {"uncounted_within_minutes": 120}
EVENING = prices(("12345", "18:00", "22:00", "1.5"))
CHEAP_NIGHT = prices(("1234567", "22:00", "08:00", "0.5"))
H1, H0 = quota("person hours day 1"), quota("person hours week 0")

CASES = (
    within(P, "off the peak it does not count", "11-24 18:00/21:00", quotas=H0, **OFF_PEAK),
    within(P, "up to the first minute of the peak", "11-24 06:00/09:00", quotas=H0, **OFF_PEAK),
    beyond(P, "a minute into the peak", "11-24 06:00/09:01", quotas=H0, **OFF_PEAK),
    beyond(P, "from the last minute of the peak", "11-24 17:59/21:00", quotas=H0, **OFF_PEAK),
    within(P, "a whole weekend off the peak", "11-27 18:00/11-30 09:00", quotas=H0, **OFF_PEAK),
    beyond(
        P,
        "a night between two peaks is touched by both",
        "11-24 17:00/11-25 10:00",
        quotas=H0,
        **OFF_PEAK,
    ),
    beyond(P, "no relief was promised", "11-24 18:00/21:00", quotas=H0, peak_hours=DAYTIME),
    beyond(
        P,
        "bookings count even off the peak",
        "11-24 18:00/21:00",
        quotas=quota("person count day 0"),
        **OFF_PEAK,
    ),
    within(
        P,
        "what they have off the peak does not count",
        WISH,
        quotas=quota("person hours day 3"),
        counted=(mine("11-24 19:00/22:00"),),
        **OFF_PEAK,
    ),
    beyond(
        P,
        "what they have on the peak does",
        WISH,
        quotas=quota("person hours day 3"),
        counted=(mine("11-24 17:00/19:00"),),
        **OFF_PEAK,
    ),
    beyond(
        P,
        "missed time counts even off the peak",
        WISH,
        quotas=quota("person hours day 3"),
        counted=(mine("11-24 19:00/22:00", stands=False),),
        **OFF_PEAK,
    ),
    within(
        ORG,
        "colleagues' time off the peak does not count",
        WISH,
        quotas=quota("organisation hours day 3"),
        counted=(colleagues("11-24 19:00/22:00"),),
        **OFF_PEAK,
    ),
    within(
        P,
        "a peak over midnight is off by six",
        "11-25 06:00/08:00",
        quotas=H0,
        uncounted_off_peak=True,
        peak_hours=peak("2", "22:00", "06:00"),
    ),
    beyond(
        P,
        "a peak over midnight belongs to Tuesday",
        "11-25 05:59/08:00",
        quotas=H0,
        uncounted_off_peak=True,
        peak_hours=peak("2", "22:00", "06:00"),
    ),
    within(
        P,
        "Wednesday's own night is off the peak",
        "11-25 22:00/23:00",
        quotas=H0,
        uncounted_off_peak=True,
        peak_hours=peak("2", "22:00", "06:00"),
    ),
    within(
        P,
        "the price list says what the peak is",
        "11-24 13:00/18:00",
        quotas=H0,
        uncounted_off_peak=True,
        tariff=EVENING,
    ),
    beyond(
        P,
        "dear hours are the peak",
        "11-24 17:00/18:01",
        quotas=H0,
        uncounted_off_peak=True,
        tariff=EVENING,
    ),
    within(
        P,
        "cheap hours are off the peak",
        "11-24 22:00/11-25 08:00",
        quotas=H0,
        uncounted_off_peak=True,
        tariff=CHEAP_NIGHT,
    ),
    beyond(
        P,
        "usual hours are the peak where others are cheap",
        "11-24 21:59/22:30",
        quotas=H0,
        uncounted_off_peak=True,
        tariff=CHEAP_NIGHT,
    ),
    beyond(
        P,
        "where all hours cost the same, none is off the peak",
        "11-24 22:00/23:00",
        quotas=H0,
        uncounted_off_peak=True,
        tariff=prices(),
    ),
    beyond(P, "without prices none is", "11-24 22:00/23:00", quotas=H0, uncounted_off_peak=True),
    within(
        P,
        "the rules' own peak goes before the price list's",
        "11-24 19:00/20:00",
        quotas=H0,
        tariff=EVENING,
        **OFF_PEAK,
    ),
    within(
        P, "two hours before it begins it does not count", "11-23 10:00/12:00", quotas=H0, **LATE
    ),
    beyond(P, "a minute earlier it does", "11-23 10:01/12:00", quotas=H0, **LATE),
    beyond(
        P,
        "bookings count however late",
        "11-23 10:00/12:00",
        quotas=quota("person count day 0"),
        **LATE,
    ),
    within(
        P,
        "what was booked so late does not count",
        WISH,
        quotas=quota("person hours day 3"),
        counted=(mine(MORNING, made="11-24 06:00"),),
        **LATE,
    ),
    beyond(
        P,
        "what was booked a minute earlier does",
        WISH,
        quotas=quota("person hours day 3"),
        counted=(mine(MORNING, made="11-24 05:59"),),
        **LATE,
    ),
    beyond(
        P,
        "moving it does not make it new",
        "11-23 09:00/10:00",
        quotas=H0,
        made_at=mine("11-02 08:00/09:00").span.start,
        **LATE,
    ),
    within(
        P,
        "moving what was made late",
        "11-23 09:00/10:00",
        quotas=H0,
        made_at=mine("11-23 07:00/08:00").span.start,
        **LATE,
    ),
)
