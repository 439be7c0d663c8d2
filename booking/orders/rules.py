"""What an order, a quote and a report must say; how samples are numbered; when silence accepts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from booking.instruments.rules.filing import is_working_day
from booking.instruments.rules.opening import StatutoryCalendar
from booking.instruments.rules.pricing import PriceLine
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan
from booking.orders.states import Station

# Working days after the report, that day not counted.
ACCEPT_WITHIN: Final = 10
MOST_SAMPLES: Final = 50
_DAY: Final = timedelta(days=1)


class Afterwards(StrEnum):
    """What is to become of a sample when the work is done."""

    RETURN = "return"
    KEEP = "keep"
    DISPOSE = "dispose"


class FileRole(StrEnum):
    """What a file of an order is."""

    WISH = "wish"
    RESULT = "result"


class Choice(StrEnum):
    """What one side decides alone."""

    DECLINE = "decline"
    ACCEPT_QUOTE = "accept_quote"
    REFUSE_QUOTE = "refuse_quote"
    WITHDRAW = "withdraw"
    CALL_OFF = "call_off"
    REPORT = "report"
    ACCEPT_REPORT = "accept_report"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice, of which quote and for what reason, where one is due."""

    choice: Choice
    quote_id: int | None = None
    reason: str = ""


class LineKind(StrEnum):
    """What a line of a quote is for; the last is what no price list names."""

    TIME = "time"
    SAMPLE = "sample"
    STAFF = "staff"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTold:
    """One kind of sample, `count` pieces of it."""

    name: str
    count: int = 1
    form: str = ""
    hazards: str = ""
    afterwards: Afterwards = Afterwards.RETURN


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTold:
    """What a company wants found out, by which day and standard, of which samples."""

    wishes: str
    by_day: date
    samples: tuple[SampleTold, ...]
    standard: str = ""
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """A line beside the price list: its words, its amount in fen, VAT contained."""

    words: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTold:
    """What a lab would do it for; minutes and samples are priced by the price list."""

    valid_until: date
    promised_day: date
    minutes: int = 0
    samples: int = 0
    staff_minutes: int = 0
    extras: tuple[Extra, ...] = ()
    note: str = ""

    @property
    def by_price_list(self) -> bool:
        """Whether the price list has anything to say."""
        return bool(self.minutes or self.samples or self.staff_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When the lab works for an order, and on how many samples."""

    span: TimeSpan
    samples: int = 0
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A rounded amount in fen; hours, samples or nothing as its quantity."""

    kind: LineKind
    words: str
    quantity: Decimal | None
    unit_fen: int | None
    amount_fen: int

    def kept(self) -> dict[str, object]:
        """As the database keeps it."""
        return {
            "kind": self.kind.value,
            "words": self.words,
            "quantity": None if self.quantity is None else str(self.quantity),
            "unit_fen": self.unit_fen,
            "amount_fen": self.amount_fen,
        }

    @classmethod
    def read(cls, kept: Mapping[str, object]) -> "QuoteLine":
        """What `kept` wrote."""
        quantity, unit = kept["quantity"], kept["unit_fen"]
        return cls(
            LineKind(str(kept["kind"])),
            str(kept["words"]),
            None if quantity is None else Decimal(str(quantity)),
            None if unit is None else int(str(unit)),
            int(str(kept["amount_fen"])),
        )


def lines_of(told: QuoteTold, priced: Iterable[PriceLine]) -> tuple[QuoteLine, ...]:
    """The lines of the price list, without those of nothing, and what stands beside it."""
    listed = (
        QuoteLine(LineKind(line.kind.value), "", line.quantity, line.unit_fen, line.amount_fen)
        for line in priced
        if line.quantity
    )
    extras = (
        QuoteLine(LineKind.OTHER, one.words, None, None, one.amount_fen) for one in told.extras
    )
    return (*listed, *extras)


def order_violations(told: OrderTold, *, today: date, entrusted: bool) -> Iterator[Violation]:
    """What cannot be asked."""
    if told.by_day < today:
        yield Violation("order.day_over")
    if not told.samples:
        yield Violation("order.no_sample")
    if not entrusted:
        yield Violation("order.not_entrusted")


def quote_violations(told: QuoteTold, *, today: date) -> Iterator[Violation]:
    """What cannot be offered."""
    if told.valid_until < today:
        yield Violation("order.valid_over")
    if told.promised_day < today:
        yield Violation("order.promise_over")
    if not told.by_price_list and not told.extras:
        yield Violation("order.no_line")


def report_violations(stations: Sequence[Station], *, new_results: int) -> Iterator[Violation]:
    """What a report still lacks."""
    if not new_results:
        yield Violation("order.no_result")
    if unwritten := sum(one is not Station.WRITTEN for one in stations):
        yield Violation("order.unwritten", {"number": unwritten})


def label_of(order_number: str, position: int) -> str:
    """What stands on a sample's label: `E261123-7KQ4MZ2-03`."""
    return f"{order_number}-{position:02}"


def silence_accepts(reported: date, calendar: StatutoryCalendar) -> date:
    """The last day for an objection; in a year nobody has entered, Monday to Friday are worked."""
    day, left = reported, ACCEPT_WITHIN
    while left:
        day += _DAY
        left -= is_working_day(day, calendar)
    return day
