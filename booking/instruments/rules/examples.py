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
    """What each typical use costs a class, in fen, VAT contained, in the order of the uses."""

    customer_class: str
    amounts: tuple[int, ...]


def comparison(
    terms: TariffTerms, classes: Sequence[str], *, workday: date
) -> tuple[Compared, ...]:
    """For each class an hour and four hours of a morning from 8:00, a day, one sample more."""
    eight = datetime.combine(workday, time(8), LOCAL)
    hour = TimeSpan(eight, eight + timedelta(hours=1))
    spans = (hour, TimeSpan(eight, eight + timedelta(hours=4)), TimeSpan.of_local_day(workday))
    return tuple(
        Compared(
            name,
            (
                *(price(span, terms, name).total_fen for span in spans),
                _of_a_sample(terms, name, span=hour),
            ),
        )
        for name in classes
    )


def _of_a_sample(terms: TariffTerms, customer_class: str, *, span: TimeSpan) -> int:
    quote = price(span, terms, customer_class, samples=1)
    return sum(line.amount_fen for line in quote.lines if line.kind is LineKind.SAMPLE)
