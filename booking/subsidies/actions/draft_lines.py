"""Results of the engine as rows of statements: sums per organisation, a row per result."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from booking.db.bulk import Value
from booking.kernel.money import yuan
from booking.subsidies.models.statement import LineKind
from booking.subsidies.queries.uses import Use
from booking.subsidies.rules.caps import Cut
from booking.subsidies.rules.line import Line
from booking.subsidies.rules.programme import exact_yuan, rate_text
from booking.subsidies.rules.results import LoanResult, Result
from booking.subsidies.rules.steps import Step, loan_steps, step_json, steps

COLUMNS = (
    "settlement_id",
    "statement_id",
    "revision",
    "position",
    "live",
    "locked",
    "kind",
    "programme",
    "version",
    "charge_id",
    "credit_line_id",
    "reference",
    "day",
    "period_year",
    "user_key",
    "group_key",
    "provider_id",
    "instrument_id",
    "span_from",
    "span_until",
    "eligible",
    "amount_fen",
    "base_fen",
    "before_fen",
    "granted_fen",
    "payable_fen",
    "detail",
)
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class LoanAnswer:
    """A loan's result, with the days it is for and where it came from."""

    result: LoanResult
    credit_line_id: int
    days: tuple[date, date]


@dataclass(slots=True)
class Draft:
    """What one organisation's statement will hold."""

    results: list[Result | LoanAnswer] = field(default_factory=list)
    uses: dict[str, tuple[int, int]] = field(default_factory=dict)
    paid: dict[LineKind, int] = field(default_factory=lambda: dict.fromkeys(LineKind, 0))
    cuts: dict[str, int] = field(default_factory=dict)

    def take(self, result: Result) -> None:
        """Add a use; its spending and base count once, however many programmes look at it."""
        self.results.append(result)
        base = result.base if result.eligible else 0
        item = result.line.line_id
        known = self.uses.get(item)
        self.uses[item] = (result.line.paid_amount, max(base, known[1] if known else 0))
        self.paid[LineKind(result.terms.kind)] += result.payable
        self._cut(result.cuts)

    def take_loan(self, answer: LoanAnswer) -> None:
        """Add a loan's interest."""
        self.results.append(answer)
        self.paid[LineKind.INTEREST] += answer.result.payable
        self._cut(answer.result.cuts)

    def _cut(self, cuts: tuple[Cut, ...]) -> None:
        for cut in cuts:
            self.cuts[cut.reason] = self.cuts.get(cut.reason, 0) + cut.amount

    def sums(self) -> dict[str, object]:
        """The totals of the statement."""
        return {
            "line_count": len(self.results),
            "use_count": len(self.uses),
            "spend_fen": sum(amount for amount, _ in self.uses.values()),
            "base_fen": sum(base for _, base in self.uses.values()),
            "usage_fen": self.paid[LineKind.USAGE],
            "provider_fen": self.paid[LineKind.PROVIDER],
            "interest_fen": self.paid[LineKind.INTEREST],
            "cut_fen": sum(self.cuts.values()),
            "payable_fen": sum(self.paid.values()),
            "remarks": sorted(self.cuts),
        }


def rows_of(draft: Draft, uses: Mapping[str, Use], *, head: tuple[int, int, int]) -> Iterator[Row]:
    """A row per result; `head` is settlement, statement and revision."""
    for position, found in enumerate(draft.results, 1):
        if isinstance(found, Result):
            yield (*head, position, True, False, *_use_row(found, uses[found.line.line_id]))
        else:
            yield (*head, position, True, False, *_loan_row(found))


def _use_row(found: Result, use: Use) -> Row:
    terms, line, day = found.terms, found.line, found.day or date.min
    return (
        terms.kind,
        terms.id,
        terms.version,
        use.charge_id,
        None,
        use.number,
        day.isoformat(),
        terms.period_of(day),
        found.user,
        line.group or found.user,
        use.provider_id,
        use.instrument_id,
        None,
        None,
        found.eligible,
        line.paid_amount,
        found.base,
        found.before,
        found.granted,
        found.payable,
        _json(
            line=_line_json(line),
            rate=None if found.rate is None else rate_text(found.rate),
            raw=exact_yuan(found.raw),
            reasons=found.reasons,
            cuts=_cuts(found.cuts),
            steps=_steps(steps(found)),
        ),
    )


def _loan_row(found: LoanAnswer) -> Row:
    result = found.result
    terms, loan = result.terms, result.loan
    return (
        LineKind.INTEREST.value,
        terms.id,
        terms.version,
        None,
        found.credit_line_id,
        loan.loan_id,
        result.day.isoformat(),
        terms.period_of(result.day),
        loan.user,
        loan.group or loan.user,
        None,
        None,
        found.days[0].isoformat(),
        found.days[1].isoformat(),
        True,
        result.interest,
        result.eligible_interest,
        result.discount,
        result.granted,
        result.payable,
        _json(
            loan={"annual_rate": str(float(loan.annual_rate)), "overdue": len(loan.overdue)},
            cuts=_cuts(result.cuts),
            steps=_steps(loan_steps(result)),
        ),
    )


def _line_json(line: Line) -> dict[str, object]:
    """The inputs of a line, as the programme format names them."""
    return {
        "resource_kind": line.resource_kind,
        "original_value": None if line.original_value is None else yuan(line.original_value),
        "user_region": line.user_region,
        "provider_region": line.provider_region,
        "qualifications": [
            {"code": code, "from": first.isoformat(), "to": last and last.isoformat()}
            for code, first, last in line.qualifications
        ],
        "flags": sorted(line.flags),
        "order_date": _day(line.order_date),
        "service_end": _day(line.service_end),
        "invoice_date": _day(line.invoice_date),
        "payment_date": _day(line.payment_date),
        "amount": yuan(line.paid_amount),
        "other_funding": yuan(line.other_funding),
        "submitted_at": line.submitted_at.isoformat(),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _cuts(cuts: tuple[Cut, ...]) -> list[dict[str, str]]:
    return [{"reason": cut.reason, "amount": yuan(cut.amount)} for cut in cuts]


def _steps(taken: list[Step]) -> list[object]:
    return [step_json(step) for step in taken]


def _json(**parts: object) -> str:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
