"""One row of a bank's file: read strictly, or refused with its reason."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from booking.kernel.money import fen
from booking.loans.rules.bank_columns import Columns, DecimalMark, Direction

_BROKEN: Final = "\ufffd"
_LONGEST: Final = {"number": 64, "account": 80, "order": 40, "note": 200}
# No bank lends so much; what is larger does not fit a column either.
_LARGEST: Final = 10**15


class Said(NamedTuple):
    """What a row says: `amount_fen` is positive, `draws` whether it was drawn."""

    line: int
    number: str
    account: str
    day: date
    draws: bool
    amount_fen: int
    order: str = ""
    note: str = ""


class Refused(NamedTuple):
    """A row of which nothing can be taken, as it stands in the file."""

    line: int
    code: str
    number: str
    text: str


class Unreadable(ValueError):
    """`code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def places(headings: Sequence[str], columns: Columns) -> dict[str, int] | None:
    """Where each column stands, if this is the line of headings."""
    known = {heading.strip(): i for i, heading in enumerate(headings)}
    if not all(name in known for name in columns.named()):
        return None
    names = ("number", "account", "day", "amount", "repaid", "kind", "order", "note")
    return {name: known[getattr(columns, name)] for name in names if getattr(columns, name)}


def judged(
    line: int, cells: Sequence[str] | None, *, at: Mapping[str, int], columns: Columns, text: str
) -> Said | Refused:
    """A row in its meaning; `cells` is None where the line could not be taken apart."""
    number = ""
    try:
        if cells is None or len(cells) <= max(at.values()) or _BROKEN in text:
            raise Unreadable("loan.row_truncated")
        told = {name: cells[place].strip() for name, place in at.items()}
        number = told["number"]
        return _said(line, told, columns)
    except Unreadable as found:
        return Refused(line, found.code, number[:64], text[:500])


def _said(line: int, told: Mapping[str, str], columns: Columns) -> Said:
    if not told["number"]:
        raise Unreadable("loan.row_number_missing")
    if any(len(told.get(name, "")) > most for name, most in _LONGEST.items() if name != "note"):
        raise Unreadable("loan.row_too_long")
    day = _day(told["day"], columns)
    draws, amount = _amount(told, columns)
    return Said(
        line,
        told["number"],
        told["account"],
        day,
        draws,
        amount,
        told.get("order", ""),
        told.get("note", "")[: _LONGEST["note"]],
    )


def _day(text: str, columns: Columns) -> date:
    try:
        found = datetime.strptime(text, columns.day_format.value).date()  # noqa: DTZ007 - a day
    except ValueError as broken:
        raise Unreadable("loan.row_day") from broken
    if found.year < 2000:
        raise Unreadable("loan.row_day")
    return found


def _amount(told: Mapping[str, str], columns: Columns) -> tuple[bool, int]:
    if columns.direction is Direction.COLUMNS:
        return _of_columns(told, columns)
    amount = _fen(told["amount"], columns)
    if columns.direction is Direction.SIGN:
        return (amount > 0) == columns.draw_is_positive, _positive(abs(amount))
    word = told["kind"]
    if word in columns.draw_words:
        return True, _positive(amount)
    if word in columns.repayment_words:
        return False, _positive(amount)
    raise Unreadable("loan.row_kind")


def _of_columns(told: Mapping[str, str], columns: Columns) -> tuple[bool, int]:
    drawn, repaid = (
        _fen(told[name], columns) if told[name] else 0 for name in ("amount", "repaid")
    )
    if drawn and repaid:
        raise Unreadable("loan.row_both_sides")
    return bool(drawn), _positive(drawn or repaid)


def _fen(text: str, columns: Columns) -> int:
    point = columns.decimal is DecimalMark.POINT
    group = "," if point else "."
    plain = text.replace(group, "").replace(" ", "").lstrip("¥￥")
    try:
        if not set(plain) <= set("+-0123456789.,"):
            raise ValueError(text)
        found = fen(plain if point else plain.replace(",", "."))
    except ValueError as broken:
        raise Unreadable("loan.row_amount") from broken
    if abs(found) > _LARGEST:
        raise Unreadable("loan.row_amount")
    return found


def _positive(amount: int) -> int:
    if amount < 0:
        raise Unreadable("loan.row_negative")
    if amount == 0:
        raise Unreadable("loan.row_nothing")
    return amount
