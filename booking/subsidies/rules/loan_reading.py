"""Reading the loans of a request strictly."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from booking.loans.rules.balances import (
    Draw,
    Excess,
    Loan,
    Overdue,
    PromiseYear,
    ReferenceRate,
    Repayment,
)
from booking.subsidies.rules import scalars
from booking.subsidies.rules.discount_reading import LOAN_KINDS
from booking.subsidies.rules.faults import Faults
from booking.subsidies.rules.nodes import Node

_KEYS = (
    *("loan_id", "user", "group", "annual_rate", "lpr"),
    *("draws", "repayments", "overdue", "promises", "kind"),
)
_DRAW_KEYS = ("date", "amount", "order", "excess")
_PROMISE_KEYS = ("from", "to", "promised", "delivered")


def read_loans(items: Sequence[object], faults: Faults) -> list[Loan]:
    """The loans of a request, each id once."""
    loans = [_loan(item, f"loans[{i}]", faults) for i, item in enumerate(items)]
    seen: set[str] = set()
    for i, loan in enumerate(loans):
        if loan.loan_id in seen:
            faults.add(f"loans[{i}].loan_id", "duplicate")
        seen.add(loan.loan_id)
    return loans


def _loan(raw: object, path: str, faults: Faults) -> Loan:
    node = Node(raw, path, faults=faults, allowed=_KEYS)
    return Loan(
        loan_id=node.need("loan_id", scalars.identifier, otherwise="?"),
        user=node.get("user", scalars.identifier, default=""),
        group=node.get("group", scalars.optional_identifier, default=""),
        annual_rate=node.need("annual_rate", _fraction, otherwise=Fraction(0)),
        lpr=tuple(
            ReferenceRate(_day(item, "from"), item.need("rate", _fraction, otherwise=Fraction(0)))
            for item in node.children("lpr", ("from", "rate"))
        ),
        draws=tuple(_draw(item) for item in node.children("draws", _DRAW_KEYS)),
        repayments=tuple(
            Repayment(_day(item, "date"), item.need("amount", scalars.amount, otherwise=0))
            for item in node.children("repayments", ("date", "amount"))
        ),
        overdue=tuple(_overdue(item) for item in node.children("overdue", ("from", "to"))),
        promises=tuple(_promise(item) for item in node.children("promises", _PROMISE_KEYS)),
        kind=node.get("kind", scalars.one_of(LOAN_KINDS), default="usage"),
    )


def _draw(node: Node) -> Draw:
    return Draw(
        _day(node, "date"),
        node.need("amount", scalars.amount, otherwise=0),
        node.get("order", scalars.identifier, default=""),
        tuple(
            Excess(_day(item, "from"), item.need("amount", scalars.amount, otherwise=0))
            for item in node.children("excess", ("from", "amount"))
        ),
    )


def _promise(node: Node) -> PromiseYear:
    """Hours are written as amounts are: with at most two decimals."""
    first, until = _day(node, "from"), _day(node, "to")
    if until <= first:
        node.fault("to", "ends_before_start")
    promised = node.need("promised", scalars.amount, otherwise=1)
    if promised <= 0:
        node.fault("promised", "below_one")
    return PromiseYear(first, until, promised, node.need("delivered", scalars.amount, otherwise=0))


def _overdue(node: Node) -> Overdue:
    first, until = _day(node, "from"), node.get("to", _day_or_none, default=None)
    if until is not None and until < first:
        node.fault("to", "ends_before_start")
    return Overdue(first, until)


def _day(node: Node, key: str) -> date:
    return node.need(key, scalars.day, otherwise=date.min)


def _day_or_none(value: object) -> date | None:
    return scalars.day(value)


def _fraction(value: object) -> Fraction:
    return Fraction(scalars.rate(value), scalars.RATE_ONE)
