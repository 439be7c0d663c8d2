"""The time between bookings, and the hours that are kept for companies outside."""

from tests.factories.law import ALWAYS, OFFICE, beyond, colleagues, elsewhere, mine, span_in, within

P, ORG, G = "gap.person", "gap.organisation", "guarantee.outside"
WISH = "11-24 13:00/16:00"
TWO_HOURS = {"person_gap_minutes": 120}
A_DAY = {"organisation_gap_minutes": 1440}
TUESDAY = "12-01 09:00/12:00"
# Of forty open hours in the week, ten are kept until two days before.
KEPT = {
    "week": OFFICE,
    "customer_class": "internal",
    "guaranteed_outside_hours_per_week": 10,
    "guaranteed_release_minutes": 2880,
}
WEDNESDAY_TO_FRIDAY = tuple(span_in(f"12-0{day} 08:00/17:00") for day in (2, 3, 4))
# Of the 168 hours of a week 42 are left.
QUARTER_LEFT = KEPT | {"week": ALWAYS, "guaranteed_outside_hours_per_week": 126}
SOON = span_in("11-29 09:01/10:00").start
NOT_SOON = span_in("11-29 09:00/10:00").start

CASES = (
    within(P, "nothing else is booked", WISH, **TWO_HOURS),
    within(
        P, "two hours after the one before", WISH, counted=(mine("11-24 09:00/11:00"),), **TWO_HOURS
    ),
    beyond(P, "a minute less after it", WISH, counted=(mine("11-24 09:00/11:01"),), **TWO_HOURS),
    within(P, "two hours before the next", WISH, counted=(mine("11-24 18:00/19:00"),), **TWO_HOURS),
    beyond(P, "a minute less before it", WISH, counted=(mine("11-24 17:59/19:00"),), **TWO_HOURS),
    beyond(P, "at its heels", WISH, counted=(mine("11-24 16:00/17:00"),), **TWO_HOURS),
    within(P, "at its heels, where no gap is asked", WISH, counted=(mine("11-24 16:00/17:00"),)),
    beyond(
        P, "at the same time on another place", WISH, counted=(mine(WISH),), places=2, **TWO_HOURS
    ),
    beyond(
        P, "over midnight", "11-24 00:30/02:00", counted=(mine("11-23 22:00/23:00"),), **TWO_HOURS
    ),
    beyond(
        P,
        "what was used counts",
        "11-23 09:00/10:00",
        counted=(mine("11-23 06:00/07:30", used=True),),
        **TWO_HOURS,
    ),
    within(
        P,
        "what was missed does not",
        "11-23 09:00/10:00",
        counted=(mine("11-23 06:00/07:30", stands=False),),
        **TWO_HOURS,
    ),
    within(
        P, "colleagues may follow", WISH, counted=(colleagues("11-24 16:00/17:00"),), **TWO_HOURS
    ),
    beyond(
        P,
        "booked for another organisation",
        WISH,
        counted=(elsewhere("11-24 16:00/17:00"),),
        **TWO_HOURS,
    ),
    within(
        P,
        "buffers are not counted",
        WISH,
        counted=(mine("11-24 18:00/19:00"),),
        buffer_after_minutes=60,
        **TWO_HOURS,
    ),
    beyond(
        P,
        "from one month to the next",
        "12-01 00:00/02:00",
        counted=(mine("11-30 20:00/23:00"),),
        **TWO_HOURS,
    ),
    within(
        ORG, "a day after colleagues", WISH, counted=(colleagues("11-23 11:00/13:00"),), **A_DAY
    ),
    beyond(ORG, "a minute less", WISH, counted=(colleagues("11-23 11:00/13:01"),), **A_DAY),
    beyond(
        ORG,
        "the own bookings are of the organisation too",
        WISH,
        counted=(mine("11-25 15:59/17:00"),),
        **A_DAY,
    ),
    within(
        ORG,
        "what the person booked for another does not count",
        WISH,
        counted=(elsewhere("11-24 16:00/17:00"),),
        **A_DAY,
    ),
    within(
        ORG,
        "what a colleague gave back late does not",
        WISH,
        counted=(colleagues(WISH, stands=False),),
        **A_DAY,
    ),
    beyond(
        P,
        "both gaps are named",
        WISH,
        ORG,
        counted=(mine("11-24 16:00/17:00"),),
        **TWO_HOURS,
        **A_DAY,
    ),
    beyond(
        P,
        "too near to the one before and to the next",
        WISH,
        P,
        counted=(mine("11-24 11:00/12:00"), mine("11-24 17:00/18:00")),
        **TWO_HOURS,
    ),
    within(G, "our own people take the rest", TUESDAY, insiders=WEDNESDAY_TO_FRIDAY, **KEPT),
    beyond(G, "an hour too many", "12-01 09:00/12:01", insiders=WEDNESDAY_TO_FRIDAY, **KEPT),
    within(
        G,
        "companies outside are not asked",
        "12-01 09:00/17:00",
        insiders=WEDNESDAY_TO_FRIDAY,
        **KEPT | {"customer_class": "enterprise"},
    ),
    within(
        G,
        "academics are outside too",
        "12-01 09:00/17:00",
        insiders=WEDNESDAY_TO_FRIDAY,
        **KEPT | {"customer_class": "academic"},
    ),
    within(
        G,
        "released: less than two days ahead",
        "12-01 09:00/17:00",
        insiders=WEDNESDAY_TO_FRIDAY,
        asked_at=SOON,
        **KEPT,
    ),
    beyond(
        G,
        "two days ahead it is not",
        "12-01 09:00/17:00",
        insiders=WEDNESDAY_TO_FRIDAY,
        asked_at=NOT_SOON,
        **KEPT,
    ),
    within(
        G,
        "a second place has hours of its own",
        "12-01 09:00/17:00",
        insiders=WEDNESDAY_TO_FRIDAY,
        places=2,
        **KEPT,
    ),
    within(
        G,
        "what they hold in another week",
        TUESDAY,
        insiders=(span_in("11-25 00:00/11-30 00:00"),),
        **KEPT,
    ),
    within(
        G,
        "all that is left of two weeks",
        "12-06 12:00/12-07 12:00",
        insiders=(span_in("12-04 00:00/12-05 06:00"), span_in("12-08 00:00/12-09 06:00")),
        **QUARTER_LEFT,
    ),
    beyond(
        G,
        "an hour too many in both",
        "12-06 11:00/12-07 13:00",
        G,
        insiders=(span_in("12-04 00:00/12-05 06:00"), span_in("12-08 00:00/12-09 06:00")),
        **QUARTER_LEFT,
    ),
    within(
        G,
        "nothing is kept",
        "12-01 09:00/17:00",
        insiders=WEDNESDAY_TO_FRIDAY,
        **KEPT | {"guaranteed_outside_hours_per_week": 0},
    ),
)
