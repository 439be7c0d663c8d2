"""What must hold before time is looked at, who may and can operate, and who can pay."""

from booking.credit.rules import Credit, Level
from booking.reservations.rules.crew import Crew
from booking.reservations.rules.demand import Funds, Training
from tests.factories.law import beyond, within
from tests.factories.reservation_values import at

NOON = "11-24 13:00/16:00"
TRAINED = {"training_required": True}
IN_PRACTICE = {"training_required": True, "training_unused_days": 30}


def crew(*on_duty: int, free: tuple[int, ...] = (1, 2), needed: int = 1, named: int = 0) -> Crew:
    """Operators 1 and 2 serve the instrument; or only the one who is named."""
    wanted, others = ((named,), ()) if named else ((), (1, 2))
    return Crew(
        needed=needed,
        wanted=wanted,
        others=others,
        on_duty=frozenset(on_duty),
        free=frozenset(free),
    )


def scored(level: Level) -> Credit:
    """Forty points, where bookings are refused below fifty or not at all."""
    refused = level is Level.REFUSED
    return Credit(40, level, approval_below=80, refuse_below=50 if refused else None)


CASES = (
    within("instrument.unpublished", "published", NOON),
    beyond("instrument.unpublished", "suspended", NOON, published=False),
    within("organisation.unverified", "verified", NOON, verified=True),
    beyond("organisation.unverified", "not yet verified", NOON, verified=False),
    within("credit.too_low", "nobody keeps a score", NOON),
    within("credit.too_low", "low, so the lab decides", NOON, credit=scored(Level.APPROVAL)),
    beyond("credit.too_low", "too low", NOON, credit=scored(Level.REFUSED)),
    within("mode.not_offered", "the usual mode", NOON),
    within("mode.not_offered", "another that is offered", NOON, mode="entrusted"),
    beyond("mode.not_offered", "remote, which is not", NOON, mode="remote"),
    beyond("mode.not_offered", "an instrument without modes", NOON, modes=frozenset()),
    within("training.missing", "none is needed", NOON),
    within("training.missing", "trained for good", NOON, training=Training(), **TRAINED),
    within("training.missing", "the lab operates", NOON, mode="entrusted", **TRAINED),
    within("training.missing", "somebody assists", NOON, mode="assisted", **TRAINED),
    beyond("training.missing", "nobody trained them", NOON, **TRAINED),
    within(
        "training.expires",
        "lasts to the end of the booking",
        NOON,
        training=Training(at("11-24 16:00")),
        **TRAINED,
    ),
    beyond(
        "training.expires",
        "ends a minute before the booking does",
        NOON,
        training=Training(at("11-24 15:59")),
        **TRAINED,
    ),
    beyond(
        "training.expires",
        "ends before the day of use, although it holds today",
        NOON,
        training=Training(at("11-24 00:00")),
        **TRAINED,
    ),
    beyond(
        "training.expires",
        "has ended already",
        NOON,
        training=Training(at("11-20 00:00")),
        **TRAINED,
    ),
    beyond(
        "training.expires",
        "ends at midnight within the booking",
        "11-24 22:00/11-25 02:00",
        training=Training(at("11-25 00:00")),
        **TRAINED,
    ),
    within(
        "training.unused",
        "practised exactly thirty days before the start",
        NOON,
        training=Training(last_used=at("10-25 13:00")),
        **IN_PRACTICE,
    ),
    beyond(
        "training.unused",
        "practised a minute longer ago",
        NOON,
        training=Training(last_used=at("10-25 12:59")),
        **IN_PRACTICE,
    ),
    within(
        "training.unused",
        "never practised, and nobody asks for it",
        NOON,
        training=Training(last_used=at("2025-01-01 00:00")),
        **TRAINED,
    ),
    beyond(
        "training.expires",
        "ends too soon and was not practised: both are named",
        NOON,
        "training.unused",
        training=Training(at("11-24 15:59"), at("10-25 12:59")),
        **IN_PRACTICE,
    ),
    within(
        "training.expires",
        "expired, but the lab operates",
        NOON,
        mode="entrusted",
        training=Training(at("11-01 00:00")),
        **TRAINED,
    ),
    within("operator.off_duty", "nobody is needed", NOON),
    within("operator.off_duty", "one of two is on duty", NOON, mode="assisted", crew=crew(2)),
    beyond("operator.off_duty", "nobody is on duty", NOON, mode="assisted", crew=crew()),
    beyond(
        "operator.off_duty",
        "one is on duty where two are needed",
        NOON,
        mode="assisted",
        crew=crew(1, needed=2),
    ),
    within("operator.off_duty", "who was named is", NOON, mode="assisted", crew=crew(1, named=1)),
    beyond(
        "operator.off_duty", "who was named is not", NOON, mode="assisted", crew=crew(2, named=1)
    ),
    within(
        "operator.none_free",
        "one on duty is free",
        NOON,
        mode="assisted",
        crew=crew(1, 2, free=(2,)),
    ),
    beyond(
        "operator.none_free", "all on duty are busy", NOON, mode="assisted", crew=crew(1, free=(2,))
    ),
    beyond("operator.none_free", "all are busy", NOON, mode="assisted", crew=crew(1, 2, free=())),
    within("funds.insufficient", "nothing is paid in advance", NOON),
    within("funds.insufficient", "all of the price is there", NOON, funds=Funds(30_000, 30_000)),
    beyond("funds.insufficient", "a fen is missing", NOON, funds=Funds(30_000, 29_999)),
)
