"""Rows of statements that are differences: corrections of settled uses, and recoveries."""

from dataclasses import dataclass

from booking.db.bulk import Value
from booking.subsidies.queries.clawbacks import Recovery
from booking.subsidies.queries.settled import SettledUse
from booking.subsidies.rules.kept import cuts_json, encoded
from booking.subsidies.rules.programme import exact_yuan, rate_text
from booking.subsidies.rules.recount import NOTHING, Correction
from booking.subsidies.rules.steps import Step, step_json, steps

Row = tuple[Value, ...]
# Nothing about the use itself differs: what others are granted left more or less for it.
ORDER = "order"


@dataclass(frozen=True, slots=True)
class LineCorrection:
    """A difference, and the settled use that it is about."""

    found: Correction
    use: SettledUse


def correction_row(one: LineCorrection) -> Row:
    """All of a row but its head; the last two columns say what it corrects."""
    found, use = one.found, one.use
    version, day = found.place
    terms, line, sums = found.target.terms, found.settled.line, found.sums
    return (
        use.kind.value,
        terms.id,
        version,
        use.use.charge_id,
        None,
        line.line_id,
        day.isoformat(),
        terms.period_of(day),
        found.settled.user,
        use.group_key,
        use.use.provider_id,
        use.use.instrument_id,
        None,
        None,
        True,
        *sums,
        _detail(found),
        use.line_id,
        None,
    )


def recovery_row(one: Recovery) -> Row:
    """The same for a recovery: it gives nothing back to caps and budgets."""
    taken = [
        Step("recovered", {"statement": one.number, "why": one.reason}, -one.amount_fen),
        Step("payable", {}, -one.amount_fen),
    ]
    told = {
        "correction": {"why": ["recovery"], "reason": one.reason, "statement": one.number},
        "reasons": [],
        "cuts": [],
        "steps": [step_json(step) for step in taken],
    }
    return (
        one.kind.value,
        one.programme,
        one.version,
        one.charge_id,
        one.credit_line_id,
        one.reference,
        one.day.isoformat(),
        one.period_year,
        one.user_key,
        one.group_key,
        one.provider_id,
        one.instrument_id,
        one.span_from.isoformat() if one.span_from else None,
        one.span_until.isoformat() if one.span_until else None,
        True,
        *(0, 0, 0, 0),
        -one.amount_fen,
        encoded(told),
        one.line_id,
        one.clawback_id,
    )


def _detail(found: Correction) -> str:
    """Why it differs, and today's answer up to the difference."""
    target, why = found.target, found.settled.why or (ORDER,)
    held = found.settled.held.get(found.place, NOTHING)
    taken = [
        *(Step(f"corrects:{reason}", {}) for reason in why),
        *(step for step in steps(target) if step.code != "payable"),
        Step("due_today", {}, held.payable + found.sums.payable),
        Step("settled_before", {}, -held.payable),
        Step("payable", {}, found.sums.payable),
    ]
    return encoded(
        {
            "correction": {"why": list(why)},
            "rate": None if target.rate is None else rate_text(target.rate),
            "raw": exact_yuan(target.raw),
            "reasons": target.reasons,
            "cuts": cuts_json(found.cuts),
            "steps": [step_json(step) for step in taken],
        }
    )
