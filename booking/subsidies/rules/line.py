"""A line: one confirmed use with its money and dates, as the engine sees it."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import NamedTuple

from booking.subsidies.rules import scalars
from booking.subsidies.rules.faults import Faults
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.programme import Base, DatedBy

_NO_FLAGS: tuple[str, ...] = ()
_LATEST = datetime.max.replace(tzinfo=UTC)


class Held(NamedTuple):
    """A qualification and the days on which it counts, both included; None is an open end.

    The number it was entered under changes nothing but what a company reads.
    """

    code: str
    first: date
    last: date | None
    number: str = ""


class Line(NamedTuple):
    """Amounts in fen. A named tuple, because a settlement makes a hundred thousand of them."""

    line_id: str
    user: str = ""
    group: str = ""
    provider: str = ""
    instrument: str = ""
    resource_kind: str = ""
    original_value: int | None = None
    user_region: str = ""
    provider_region: str = ""
    qualifications: tuple[Held, ...] = ()
    flags: frozenset[str] = frozenset()
    order_date: date | None = None
    service_end: date | None = None
    invoice_date: date | None = None
    payment_date: date | None = None
    contract_amount: int = 0
    invoice_amount: int = 0
    paid_amount: int = 0
    other_funding: int = 0
    submitted_at: datetime = _LATEST


def line_order(line: Line) -> tuple[datetime, str]:
    """The order in which lines are taken; what was never submitted comes last."""
    return line.submitted_at, line.line_id


def dating(dated_by: DatedBy) -> Callable[[Line], date | None]:
    """How a programme dates its lines."""
    names: dict[DatedBy, str] = {
        "order": "order_date",
        "service_end": "service_end",
        "invoice": "invoice_date",
        "payment": "payment_date",
    }
    return attrgetter(names[dated_by])


def chosen_amount(base: Base) -> Callable[[Line], int]:
    """Which amount a programme starts from; one that is missing is nothing yet."""
    readers: dict[Base, Callable[[Line], int]] = {
        "min_of_all": lambda line: min(line.contract_amount, line.invoice_amount, line.paid_amount),
        "contract": lambda line: line.contract_amount,
        "invoice": lambda line: line.invoice_amount,
        "paid": lambda line: line.paid_amount,
    }
    return readers[base]


def read_lines(items: Sequence[object], faults: Faults) -> list[Line]:
    """The lines of a request; a line id that comes twice would be paid twice."""
    lines = [_line(item, f"lines[{i}]", faults) for i, item in enumerate(items)]
    seen: set[str] = set()
    for i, line in enumerate(lines):
        if line.line_id in seen:
            faults.add(f"lines[{i}].line_id", "duplicate")
        seen.add(line.line_id)
    return lines


def _line(raw: object, path: str, faults: Faults) -> Line:
    node = Node(raw, path, faults=faults, allowed=Line._fields)
    get, amount = node.get, scalars.amount
    return Line(
        line_id=node.need("line_id", scalars.identifier, otherwise="?"),
        user=get("user", scalars.identifier, default=""),
        group=get("group", scalars.optional_identifier, default=""),
        provider=get("provider", scalars.identifier, default=""),
        instrument=get("instrument", scalars.identifier, default=""),
        resource_kind=get("resource_kind", scalars.text, default=""),
        original_value=get("original_value", _value, default=None),
        user_region=get("user_region", scalars.text, default=""),
        provider_region=get("provider_region", scalars.text, default=""),
        qualifications=_held(node),
        flags=frozenset(get("flags", scalars.words, default=_NO_FLAGS)),
        order_date=get("order_date", _day_or_none, default=None),
        service_end=get("service_end", _day_or_none, default=None),
        invoice_date=get("invoice_date", _day_or_none, default=None),
        payment_date=get("payment_date", _day_or_none, default=None),
        contract_amount=get("contract_amount", amount, default=0),
        invoice_amount=get("invoice_amount", amount, default=0),
        paid_amount=get("paid_amount", amount, default=0),
        other_funding=get("other_funding", amount, default=0),
        submitted_at=get("submitted_at", _submitted, default=_LATEST),
    )


def _held(node: Node) -> tuple[Held, ...]:
    return tuple(
        Held(
            item.need("code", scalars.word, otherwise="?"),
            item.need("from", scalars.day, otherwise=date.min),
            item.get("to", _day_or_none, default=None),
            item.get("number", scalars.text, default=""),
        )
        for item in node.children("qualifications", ("code", "from", "to", "number"))
    )


def _value(value: object) -> int | None:
    return scalars.amount(value)


def _day_or_none(value: object) -> date | None:
    return scalars.service_day(value)


def _submitted(value: object) -> datetime:
    return scalars.moment(value).astimezone(UTC)
