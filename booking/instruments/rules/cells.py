"""Cells of a sheet as people fill them in → what forms understand, and back to text."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final

from booking.instruments.rules.categories import OtherScheme, other_fits
from booking.instruments.rules.columns import BY_KEY, SCHEME_OF, YES_NO, Column, Kind
from booking.instruments.rules.spelt_week import read_week
from booking.kernel.errors import Violation

Cell = str | int | float | bool | date | None
# No field of a card takes as much.
LONGEST_CELL: Final = 4000
# What empties a field; an empty cell leaves it as it is.
CLEAR: Final = "清空"
# A text that a spreadsheet would take for a formula is written behind an apostrophe.
_ERROR: Final = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
# A formula, or what this sheet or a spreadsheet means by itself.
_MEANS: Final = rf"(?:[=+\-@\t\r\n＝＋－＠]|(?:{CLEAR}|{_ERROR.pattern})\Z)"
_WOULD_MEAN: Final = re.compile(rf"'*{_MEANS}")
_GUARDED: Final = re.compile(rf"'+{_MEANS}")
_DAY: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0?0:00(?::00)?)?"
)
_PLAIN_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SEPARATORS: Final = (re.compile(r"\n"), re.compile(r"[;；]"), re.compile(r"[、,，]"))
_ANY_SEPARATOR: Final = re.compile(r"[\n;；、,，]")
# The first of them may be a zero, which spreadsheets drop.
_MOE_DIGITS: Final = 8
_TEN_THOUSAND: Final = "万"
# Excel counts days from here; nobody means a day outside of these as a mere number.
_EXCEL_ORIGIN: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = range(18_264, 80_000)
_YES: Final = frozenset({"是", "有", "yes", "y", "true", "1", "√"})
_NO: Final = frozenset({"否", "无", "no", "n", "false", "0", "×"})


class Cleared:
    """A field that somebody emptied on purpose; `value` is what it holds then."""

    def __init__(self, value: object) -> None:
        self.value = value


def text_of(cell: Cell) -> str:
    """What stands in a cell, without blanks around it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return YES_NO["yes"] if cell else YES_NO["no"]
    if isinstance(cell, datetime):
        plain = cell.time() == cell.min.time()
        return cell.date().isoformat() if plain else cell.isoformat(sep=" ")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell).strip(" \t\r\u3000\xa0")


def unguarded(text: str) -> str:
    """A text without the apostrophe that kept it from meaning something else."""
    return text[1:] if _GUARDED.match(text) else text


def guarded(text: str) -> str:
    """A text that nobody takes for a formula or a wish, and that `unguarded` gives back."""
    return f"'{text}" if _WOULD_MEAN.match(text) else text


def read(column: Column, cell: Cell) -> object | Violation:
    """The value of a cell that is not empty, as a form takes it; or what is wrong with it."""
    if isinstance(cell, str) and len(cell) > LONGEST_CELL:
        # Some signs become eighteen when they are folded: nothing is read of it.
        return Violation("form.too_long", {"field": column.key, "limit": LONGEST_CELL})
    as_typed = text_of(cell)
    if _ERROR.fullmatch(as_typed):
        return Violation("import.cell_error", {"field": column.key, "value": as_typed})
    if as_typed == CLEAR:
        return _CLEARED.get(column.kind) or Violation("import.cannot_clear", {"field": column.key})
    text = unguarded(as_typed)
    reading = _READING.get(column.kind)
    if reading is None:
        return _as_written(column, text)
    try:
        return reading(column, text)
    except ValueError:
        params = {"field": column.key, "value": text[:60]}
        if column.words:
            params["choices"] = "、".join(column.words.values())
        return Violation(f"import.not_{column.kind}", params)


def written(column: Column, value: object) -> str:
    """What stands in a cell for a stored value: what `read` gives back."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return YES_NO["yes"] if value else YES_NO["no"]
    if isinstance(value, list | tuple):
        return _listed([column.words.get(str(one), str(one)) for one in value])
    if isinstance(value, date):
        return value.isoformat()
    return column.words.get(str(value), str(value))


def _listed(entries: Sequence[str]) -> str:
    if not any(_ANY_SEPARATOR.search(entry) for entry in entries):
        return "、".join(entries)
    return "\n".join(entries) + ("\n" if len(entries) == 1 else "")


def _split(text: str) -> list[str]:
    """Apart at the strongest separator that is there: lines, semicolons, commas."""
    strongest = next((sign for sign in _SEPARATORS if sign.search(text)), _SEPARATORS[-1])
    return [piece for one in strongest.split(text) if (piece := one.strip())]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _as_written(column: Column, text: str) -> str:
    return _by_word(column.key).get(_folded(text), text)


@cache
def _by_word(key: str) -> Mapping[str, str]:
    words = BY_KEY[key].words
    return {_folded(word): value for value, word in words.items()} | {one: one for one in words}


def _code(column: Column, text: str) -> str:  # noqa: ARG001 - one shape for all
    """Spreadsheets drop the zero that a code begins with; codes have two digits for each level."""
    folded = _folded(text).replace(" ", "")
    return f"0{folded}" if folded.isdecimal() and len(folded) in {1, 3, 5} else folded


def _amount(column: Column, text: str) -> str:  # noqa: ARG001
    folded = re.sub(r"[\s,¥￥]|元$", "", _folded(text))
    times = 1
    if folded.endswith(_TEN_THOUSAND):
        folded, times = folded[:-1], 10_000
    if not re.fullmatch(r"-?\d+(\.\d+)?", folded, re.ASCII):
        raise ValueError(text)
    try:
        amount = Decimal(folded) * times
    except InvalidOperation as broken:
        raise ValueError(text) from broken
    return format(amount.normalize() if "." in folded else amount, "f")


def _count(column: Column, text: str) -> str:  # noqa: ARG001
    folded = _folded(text)
    if not re.fullmatch(r"-?\d{1,9}", folded, re.ASCII):
        raise ValueError(text)
    return folded


def _day(column: Column, text: str) -> str:  # noqa: ARG001
    folded = _folded(text)
    found = _DAY.fullmatch(folded) or _PLAIN_DAY.fullmatch(folded)
    if found:
        return date(*map(int, found.groups())).isoformat()
    if folded.isdecimal() and int(folded) in _EXCEL_DAYS:
        return (_EXCEL_ORIGIN + timedelta(days=int(folded))).isoformat()
    raise ValueError(text)


def _hours(column: Column, text: str) -> object:
    return read_week(text, field=column.key)


def _other_code(column: Column, text: str) -> object:
    scheme = SCHEME_OF[column.key]
    folded = _folded(text).replace(" ", "").upper()
    if scheme is OtherScheme.MOE and folded.isdecimal():
        folded = folded.zfill(_MOE_DIGITS)
    if other_fits(folded, scheme):
        return folded
    params = {"field": column.key, "value": text[:60], "scheme": scheme.value}
    return Violation("instrument.not_a_code", params)


def _yes_no(column: Column, text: str) -> bool:  # noqa: ARG001
    folded = _folded(text).casefold()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise ValueError(text)


def _choice(column: Column, text: str) -> str:
    known = _by_word(column.key)
    if _folded(text) not in known:
        raise ValueError(text)
    return known[_folded(text)]


def _choices(column: Column, text: str) -> list[str]:
    return [_choice(column, piece) for piece in _split(text)]


def _list(column: Column, text: str) -> list[str]:  # noqa: ARG001
    return _split(text)


_READING: Final[Mapping[Kind, Callable[[Column, str], object]]] = {
    Kind.CODE: _code,
    Kind.AMOUNT: _amount,
    Kind.COUNT: _count,
    Kind.DAY: _day,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.LIST: _list,
    Kind.HOURS: _hours,
    Kind.OTHER_CODE: _other_code,
}


_CLEARED: Final[Mapping[Kind, Cleared]] = {
    Kind.TEXT: Cleared(""),
    Kind.CODE: Cleared(""),
    Kind.DAY: Cleared(None),
    Kind.LIST: Cleared([]),
    Kind.HOURS: Cleared({}),
    Kind.OTHER_CODE: Cleared(""),
}
