"""What stands in which column, for every kind of file.

Headings carry both languages, so that a file's bytes do not depend on who asks for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from booking.kernel.money import fen
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.rules.document import Document
from booking.subsidies.rules.explanation import Language, name_of

# Numbers that no spreadsheet may round (USCC, accounts) are text, whatever they look like.
Kind = Literal["text", "amount", "count"]
Cell = str | int | Decimal | None
Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the kind of its cells, and how wide it is."""

    heading: str
    kind: Kind = "text"
    width: int = 12


STATEMENT_COLUMNS = (
    Column("序号 No.", "count", 8),
    Column("类别 Kind", "text", 22),
    Column("政策 Programme", "text", 18),
    Column("版本 Version", "count", 8),
    Column("订单/借据号 Reference", "text", 22),
    Column("日期 Day", "text", 12),
    Column("服务单位 Provider", "text", 28),
    Column("仪器 Instrument", "text", 28),
    Column("计息起 From", "text", 12),
    Column("计息止 Until", "text", 12),
    Column("金额 Amount", "amount", 14),
    Column("核定基数 Base", "amount", 14),
    Column("适用比例 Rate", "text", 10),
    Column("应补 Before limits", "amount", 14),
    Column("核减 Cut", "amount", 14),
    Column("核减原因 Reasons", "text", 30),
    Column("实补 Payable", "amount", 14),
)

PAYMENT_COLUMNS = (
    Column("序号 No.", "count", 8),
    Column("结算单 Statement", "text", 18),
    Column("单位名称 Organisation", "text", 30),
    Column("统一社会信用代码 USCC", "text", 22),
    Column("订单数 Uses", "count", 8),
    Column("核定支出 Base", "amount", 14),
    Column("后补助 Usage", "amount", 14),
    Column("运行补助 Provider", "amount", 14),
    Column("贴息 Interest", "amount", 14),
    Column("核减 Cut", "amount", 14),
    Column("实付 Payable", "amount", 14),
    Column("户名 Account name", "text", 30),
    Column("开户行 Bank", "text", 24),
    Column("账号 Account", "text", 24),
    Column("状态 State", "text", 10),
    Column("备注 Note", "text", 24),
)

_KINDS = {"usage": "后补助 usage", "provider": "运行补助 provider", "interest": "贴息 interest"}
_DIFFERENCES = {"correction": " 更正 correction", "recovery": " 追回 recovery"}
_STATES = {
    "draft": "草稿 draft",
    "locked": "已锁定 locked",
    "publicity": "公示中 publicity",
    "approved": "已审批 approved",
    "paid": "已拨付 paid",
}


def statement_cells(document: Document) -> list[tuple[Cell, ...]]:
    """A row per line of a statement."""
    return [_line_cells(line) for line in records(document, "lines")]


def statement_total(document: Document) -> tuple[Cell, ...]:
    """The row of sums: amounts add up over the lines shown."""
    rows = statement_cells(document)
    return ("合计 Total", *(_sum(rows, at) for at in range(1, len(STATEMENT_COLUMNS))))


def payment_cells(rows: Iterable[StatementRow]) -> list[tuple[Cell, ...]]:
    """A row per statement of a payment list."""
    return [
        (
            i,
            row.number,
            row.organisation,
            row.uscc or "",
            row.use_count,
            _yuan(row.base_fen),
            _yuan(row.usage_fen),
            _yuan(row.provider_fen),
            _yuan(row.interest_fen),
            _yuan(row.cut_fen),
            _yuan(row.payable_fen),
            row.bank_account_name,
            row.bank_name,
            row.bank_account_no,
            _STATES[row.state.value],
            row.payment_reference,
        )
        for i, row in enumerate(rows, 1)
    ]


def payment_total(cells: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """The row of sums of a payment list."""
    return (
        "合计 Total",
        *(_total(PAYMENT_COLUMNS, cells, at) for at in range(1, len(PAYMENT_COLUMNS))),
    )


def records(document: Document, key: str) -> list[Record]:
    """The mappings in a list of a document."""
    found = document.get(key)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def part(document: Record, key: str) -> Record:
    """The mapping under a key of a document."""
    found = document.get(key)
    return found if isinstance(found, Mapping) else {}


def difference_in(line: Record) -> str:
    """What kind of difference to an earlier statement a line is; nothing where it is none."""
    correction = part(line, "correction")
    if not correction:
        return ""
    return "recovery" if "recovery" in _list(correction.get("why")) else "correction"


def cut_words(cuts: Iterable[Record], language: Language) -> str:
    """Why something was cut, in a few words."""
    between = "、" if language == "zh" else ", "
    return between.join(reason_words(str(cut["reason"]), language) for cut in cuts)


def reason_words(reason: str, language: Language) -> str:
    """A reason for a cut in a few words."""
    kind, _, scope = reason.partition(":")
    if not scope:
        return name_of(kind, language)
    joint = {"zh": "联合上限", "en": "joint cap"}
    own = {"zh": "上限", "en": "cap"}
    return (
        f"{name_of(scope, language)}{' ' if language == 'en' else ''}"
        + (joint if kind == "joint" else own)[language]
    )


def _line_cells(line: Record) -> tuple[Cell, ...]:
    cuts = [cut for cut in _list(line.get("cuts")) if isinstance(cut, Mapping)]
    reasons = [str(reason) for reason in _list(line.get("reasons"))]
    why = [cut_words(cuts, "zh")] if cuts else [_ineligible(reason) for reason in reasons]
    return (
        _whole(line.get("position")),
        _KINDS[str(line.get("kind"))] + _DIFFERENCES.get(difference_in(line), ""),
        str(line.get("programme")),
        _whole(line.get("version")),
        str(line.get("reference")),
        str(line.get("day")),
        str(line.get("provider") or ""),
        str(line.get("instrument") or ""),
        str(line.get("from") or ""),
        str(line.get("until") or ""),
        Decimal(str(line.get("amount"))),
        Decimal(str(line.get("base"))),
        str(line.get("rate") or ""),
        Decimal(str(line.get("granted_before_caps"))),
        _yuan(sum(fen(str(cut["amount"])) for cut in cuts)),
        "、".join(why),
        Decimal(str(line.get("payable"))),
    )


def _ineligible(reason: str) -> str:
    kind, _, flag = reason.partition(":")
    return f"不符合：{name_of(flag or kind, 'zh')}"


def _sum(rows: Sequence[tuple[Cell, ...]], at: int) -> Cell:
    return _total(STATEMENT_COLUMNS, rows, at)


def _total(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], at: int) -> Cell:
    if columns[at].kind != "amount":
        return ""
    return sum((cell for row in rows if isinstance(cell := row[at], Decimal)), Decimal("0.00"))


def _yuan(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
