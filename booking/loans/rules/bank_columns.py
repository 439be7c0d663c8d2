"""Which columns of a bank's file mean what, and how it writes days, amounts and directions."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from booking.kernel.errors import Violation

# Banks put their name, the account and the period above the table.
MOST_LINES_ABOVE: Final = 30
DELIMITERS: Final = (",", "\t", ";", "|")


class Direction(StrEnum):
    """How a file says whether money was drawn or paid back."""

    WORD = "word"
    SIGN = "sign"
    COLUMNS = "columns"


class DayFormat(StrEnum):
    """How a file writes days."""

    DASHES = "%Y-%m-%d"
    SLASHES = "%Y/%m/%d"
    DIGITS = "%Y%m%d"
    CHINESE = "%Y年%m月%d日"
    DOTS = "%d.%m.%Y"


class DecimalMark(StrEnum):
    """What stands before the fen; the other one groups thousands."""

    POINT = "."
    COMMA = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Headings as the bank writes them; what it does not have is empty.

    `amount` holds draws where they have a column of their own, `repaid` then holds repayments.
    """

    number: str
    account: str
    day: str
    amount: str
    repaid: str = ""
    kind: str = ""
    order: str = ""
    note: str = ""
    direction: Direction = Direction.WORD
    day_format: DayFormat = DayFormat.DASHES
    decimal: DecimalMark = DecimalMark.POINT
    # By word: what stands for a draw and for a repayment. By sign: whether a draw is positive.
    draw_words: tuple[str, ...] = field(default=("draw", "放款", "提款", "支用"))
    repayment_words: tuple[str, ...] = field(default=("repayment", "还款", "归还"))
    draw_is_positive: bool = True

    def named(self) -> tuple[str, ...]:
        """The headings that a file must have."""
        told = (self.number, self.account, self.day, self.amount)
        more = (self.repaid, self.kind, self.order, self.note)
        return (*told, *(name for name in more if name))

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Columns":
        told = dict(kept)
        told["direction"] = Direction(told["direction"])
        told["day_format"] = DayFormat(told["day_format"])
        told["decimal"] = DecimalMark(told["decimal"])
        for name in ("draw_words", "repayment_words"):
            told[name] = tuple(told[name])
        return cls(**told)


def faults_of(columns: Columns) -> Iterator[Violation]:
    """What speaks against a mapping."""
    named = columns.named()
    for name in ("number", "account", "day", "amount"):
        if not getattr(columns, name):
            yield Violation("loan.column_missing", {"field": name})
    if len(set(named)) < len(named):
        yield Violation("loan.column_twice", {"field": "amount"})
    if columns.direction is Direction.COLUMNS and not columns.repaid:
        yield Violation("loan.column_missing", {"field": "repaid"})
    if columns.direction is Direction.WORD and not columns.kind:
        yield Violation("loan.column_missing", {"field": "kind"})


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """Which heading may mean what, for a bank that nobody mapped before."""
    found: dict[str, str] = {}
    for name, words in _USUAL.items():
        match = next((h for w in words for h in headings if w in h and h not in found.values()), "")
        if match:
            found[name] = match
    return found


_USUAL: Final = {
    "number": ("流水号", "bank_transaction_number", "交易号", "凭证号"),
    "account": ("授信编号", "loan_id", "合同号", "账号", "户名"),
    "day": ("交易日期", "日期", "date", "时间"),
    "repaid": ("贷方", "还款金额", "归还金额"),
    "amount": ("借方", "放款金额", "交易金额", "金额", "amount"),
    "kind": ("交易类型", "借贷标志", "类型", "kind"),
    "order": ("订单号", "订单", "order"),
    "note": ("摘要", "备注", "附言", "note"),
}
