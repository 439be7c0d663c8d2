"""What typical uses cost each kind of customer: a price list as people compare it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from booking.instruments.rules.pricing import LineKind, price
from booking.instruments.rules.tariff import TariffTerms
from booking.kernel.clock import LOCAL
from booking.kernel.timespan import TimeSpan


class TypicalUse(StrEnum):
    """Uses that price lists are compared by."""

    HOUR = "hour"
    HALF_DAY = "half_day"
    DAY = "day"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Compared:
    """A use and what it costs each class, in fen, VAT contained, in the order asked for."""

    use: TypicalUse
    amounts: tuple[int, ...]


def comparison(
    terms: TariffTerms, classes: Sequence[str], *, workday: date
) -> tuple[Compared, ...]:
    """An hour and four hours of a morning from 8:00, a whole day, one sample more."""
    eight = datetime.combine(workday, time(8), LOCAL)
    spans = {
        TypicalUse.HOUR: TimeSpan(eight, eight + timedelta(hours=1)),
        TypicalUse.HALF_DAY: TimeSpan(eight, eight + timedelta(hours=4)),
        TypicalUse.DAY: TimeSpan.of_local_day(workday),
    }
    timed = [
        Compared(use, tuple(price(span, terms, name).total_fen for name in classes))
        for use, span in spans.items()
    ]
    a_sample = tuple(_of_a_sample(terms, name, span=spans[TypicalUse.HOUR]) for name in classes)
    return (*timed, Compared(TypicalUse.SAMPLE, a_sample))


def _of_a_sample(terms: TariffTerms, customer_class: str, *, span: TimeSpan) -> int:
    quote = price(span, terms, customer_class, samples=1)
    return sum(line.amount_fen for line in quote.lines if line.kind is LineKind.SAMPLE)
