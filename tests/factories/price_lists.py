"""Price lists and times as the tests of prices need them: 800 yuan an hour, in November 2026."""

from datetime import datetime
from decimal import Decimal

from booking.instruments.rules.pricing import price
from booking.instruments.rules.tariff import ClassPrice, Peak, Step, TariffTerms
from booking.kernel.clock import LOCAL
from booking.kernel.timespan import TimeSpan

WORKDAYS = frozenset({1, 2, 3, 4, 5})
EVENING = Peak(WORKDAYS, 18 * 60, 22 * 60, Decimal("1.5"))
# Monday night to Friday night: 22:00–06:00, half price, the hours after midnight too.
NIGHT = Peak(WORKDAYS, 22 * 60, 6 * 60, Decimal("0.5"))
SUNDAY_NIGHT = Peak(frozenset({7}), 22 * 60, 6 * 60, Decimal("0.5"))
SATURDAY = Peak(frozenset({6}), 0, 1440, Decimal(2))
STEPS = (Step(240, 60_000), Step(480, 40_000))


def at(text: str) -> datetime:
    """`11-24T13:00` in local time."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LOCAL)


def terms(*, round_up: int = 15, peak: tuple[Peak, ...] = (), **prices: object) -> TariffTerms:
    """A price list for firms."""
    enterprise = ClassPrice(**{"hour_fen": 80_000, **prices})  # type: ignore[arg-type]
    return TariffTerms(classes={"enterprise": enterprise}, round_up_minutes=round_up, peak=peak)


def total(start: str, end: str, priced: TariffTerms) -> int:
    """What the span costs a firm, in fen."""
    return price(TimeSpan(at(start), at(end)), priced, "enterprise").total_fen
