"""What a span costs: the tariff arithmetic of the API, exact until the one rounding of each line.

Time is rounded up once per booking; each minute costs the class's hourly price (or its step,
counted from the booking's start) times the peak factor of that minute's local time. Whole local
days cost the day price where there is one. The exact sum, or the minimum if that is more, is one
line. Nothing loops over minutes: prices change only at a handful of moments.

Free minutes are the first ones of the rounded time, and cost nothing. Steps are still counted from
the booking's start and a whole day still costs its day price; a booking with nothing but free
minutes costs nothing, and as soon as one minute is charged the minimum holds.

Where prices are told without VAT, it is added to each line before the line is rounded; amounts
contain it always.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from booking.instruments.rules.stretches import (
    Rate,
    TimePart,
    charged_minutes,
    in_units,
    time_parts,
)
from booking.instruments.rules.tariff import Basis, ClassPrice, TariffTerms
from booking.kernel.money import half_up
from booking.kernel.timespan import TimeSpan

NOTHING_USED: Final[Mapping[str, int]] = {}


class LineKind(StrEnum):
    """What a line of a price is for."""

    TIME = "time"
    SAMPLE = "sample"
    STAFF = "staff"
    CONSUMABLE = "consumable"


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A rounded amount, VAT contained, with what explains it.

    `quantity` is hours (time, staff), samples or pieces as people read them; the amount was
    reckoned from exact minutes. A time line with several prices, a day price or a minimum is
    explained by `parts` and `minimum_fen`; its `unit_fen` is the list price of an hour. A
    consumable has its `name`.
    """

    kind: LineKind
    quantity: Decimal
    unit_fen: int
    amount_fen: int
    parts: tuple[TimePart, ...] = ()
    minimum_fen: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class FixedFees:
    """What late returns and not coming cost besides a share of the price, VAT contained."""

    late_cancel_fen: int = 0
    no_show_fen: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """Priced lines, their sum, and under which terms."""

    lines: tuple[PriceLine, ...]
    total_fen: int
    customer_class: str
    basis: Basis
    charged_minutes: int
    vat_rate: Decimal = field(default=Decimal(0))
    fees: FixedFees = field(default=FixedFees())

    @property
    def vat_fen(self) -> int:
        """The VAT that the sum contains."""
        return self.total_fen - half_up(self.total_fen / (1 + Fraction(self.vat_rate)))


def price(
    span: TimeSpan,
    terms: TariffTerms,
    customer_class: str,
    *,
    samples: int = 0,
    staff_minutes: int = 0,
    consumables: Mapping[str, int] = NOTHING_USED,
) -> Quote:
    """Price a span (without its buffers), samples, staff time and what is used up for a class.

    `consumables` are pieces by the name in the price list; ItemNotPriced when it has no such name.
    """
    prices = terms.prices_for(customer_class)
    minutes = charged_minutes(span, terms.round_up_minutes)
    parts = time_parts(span.start, minutes, prices=prices, terms=terms)
    till = _Till(1 if terms.vat_included else 1 + Fraction(terms.vat_rate))
    lines = [till.time(parts, prices, minutes)]
    if samples:
        lines.append(till.pieces(LineKind.SAMPLE, samples, prices.sample_fen))
    if staff_minutes:
        lines.append(till.staff(staff_minutes, prices.staff_hour_fen))
    for name, pieces in sorted(consumables.items()):
        item = terms.consumable_for(customer_class, name)
        lines.append(till.pieces(LineKind.CONSUMABLE, pieces, item.price_fen, name=name))
    return Quote(
        lines=tuple(lines),
        total_fen=sum(line.amount_fen for line in lines),
        customer_class=customer_class,
        basis=terms.basis,
        charged_minutes=minutes,
        vat_rate=terms.vat_rate,
        fees=till.fees(prices),
    )


@dataclass(frozen=True, slots=True)
class _Till:
    """Rounds each line once, `gross` times its exact price."""

    gross: Fraction | int

    def time(self, parts: tuple[TimePart, ...], prices: ClassPrice, minutes: int) -> PriceLine:
        exact = sum((part.exact for part in parts), Fraction(0))
        charged = any(part.rate is not Rate.FREE for part in parts)
        lifted = charged and exact < prices.minimum_fen
        return PriceLine(
            LineKind.TIME,
            in_units(minutes, 60),
            prices.hour_fen,
            half_up((prices.minimum_fen if lifted else exact) * self.gross),
            parts,
            prices.minimum_fen if lifted else None,
        )

    def pieces(self, kind: LineKind, number: int, unit_fen: int, *, name: str = "") -> PriceLine:
        amount = half_up(number * unit_fen * self.gross)
        return PriceLine(kind, Decimal(number), unit_fen, amount, name=name)

    def staff(self, minutes: int, hour_fen: int) -> PriceLine:
        amount = half_up(Fraction(minutes * hour_fen, 60) * self.gross)
        return PriceLine(LineKind.STAFF, in_units(minutes, 60), hour_fen, amount)

    def fees(self, prices: ClassPrice) -> FixedFees:
        return FixedFees(
            half_up(prices.late_cancel_fen * self.gross), half_up(prices.no_show_fen * self.gross)
        )
