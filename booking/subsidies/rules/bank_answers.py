"""The bank's answer to a payment batch: a CSV with a row per payment, headed in either language.

It is the sheet that the bank was sent, with result, reference and reason filled in.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from booking.kernel.money import fen

# What each column may be headed with.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "batch": ("批次 Batch", "批次", "batch"),
    "position": ("序号 Row", "序号", "row"),
    "account_no": ("账号 Account number", "账号", "account_no"),
    "amount": ("金额 Amount", "金额", "amount"),
    "outcome": ("结果 Result", "结果", "result"),
    "reference": ("流水号 Bank reference", "流水号", "bank_reference"),
    "reason": ("退回原因 Reason", "退回原因", "原因", "reason"),
}
_NEEDED = frozenset({"position", "amount", "outcome"})
_LONGEST = {"reference": 80, "reason": 500}


class Outcome(StrEnum):
    """What the bank did with a row; it may not have said so yet."""

    PAID = "paid"
    RETURNED = "returned"
    SILENT = "silent"


_OUTCOMES: Mapping[str, Outcome] = {
    **dict.fromkeys(("成功", "已付", "paid", "success"), Outcome.PAID),
    **dict.fromkeys(("失败", "退回", "退汇", "returned", "failed"), Outcome.RETURNED),
    "": Outcome.SILENT,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of the file; `fault` says why it cannot be taken as it stands."""

    line: int
    batch: str = ""
    position: int = 0
    account_no: str = ""
    amount_fen: int = 0
    outcome: Outcome = Outcome.SILENT
    reference: str = ""
    reason: str = ""
    fault: str = ""

    def differs_from(self, *, batch: str, amount_fen: int, account_no: str) -> str:
        """Which fact is not that of the row it claims to answer; nothing when all is well."""
        if self.batch not in {"", batch}:
            return "batch"
        if self.amount_fen != amount_fen:
            return "amount"
        return "account_no" if self.account_no not in {"", account_no} else ""


def read_answers(content: bytes) -> Iterator[Answer] | None:
    """The rows of a file, in order; None when it lacks a column that is needed."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Banks' exports come in the old national encoding as often as not.
        text = content.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text))
    named = {name: _heading(names, reader.fieldnames or ()) for name, names in HEADINGS.items()}
    if any(named[name] is None for name in _NEEDED):
        return None
    return (_answer(line, row, named) for line, row in enumerate(reader, 2))


def _heading(names: tuple[str, ...], found: object) -> str | None:
    known = list(found) if isinstance(found, (list, tuple)) else []
    return next((one for one in known if str(one).strip() in names), None)


def _answer(line: int, row: Mapping[str, str | None], named: Mapping[str, str | None]) -> Answer:
    told = {name: (row.get(head or "") or "").strip() for name, head in named.items()}
    outcome = _OUTCOMES.get(told["outcome"].lower())
    if outcome is None:
        return Answer(line, fault="outcome")
    if any(len(told[name]) > most for name, most in _LONGEST.items()):
        return Answer(line, fault="too_long")
    try:
        amount = fen(told["amount"].replace(",", ""))
        position = int(told["position"]) if told["position"].isascii() else 0
    except ValueError:
        return Answer(line, fault="amount")
    return Answer(
        line,
        batch=told["batch"],
        position=position,
        account_no=told["account_no"].lstrip("'"),
        amount_fen=amount,
        outcome=outcome,
        reference=told["reference"],
        reason=told["reason"],
    )
