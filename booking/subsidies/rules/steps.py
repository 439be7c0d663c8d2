"""The steps of a result as codes and figures, in the order in which they were taken."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from booking.kernel.money import fen, yuan
from booking.loans.rules.balances import Segment
from booking.subsidies.rules.eligibility import qualified
from booking.subsidies.rules.interest import eligible_days, hours_part
from booking.subsidies.rules.line import Line, chosen_amount
from booking.subsidies.rules.programme import (
    WHEN_KEYS,
    Discount,
    Programme,
    Scope,
    Tier,
    When,
    rate_text,
)
from booking.subsidies.rules.rate import bands, matching
from booking.subsidies.rules.results import LoanResult, Result
from booking.subsidies.rules.scalars import RATE_ONE, rate

_DAYS = frozenset({"day", "from", "to", "until", "held_to"})
# Facts in 10⁻¹², and facts in fen.
RATES = frozenset({"rate", "lpr"})
AMOUNTS = frozenset(
    {"limit", "minimum", "least_value", "part", "balance", "base_over", "uncovered"}
)


class Step(NamedTuple):
    """What was done, with which facts (amounts in fen, rates in 10⁻¹²), to what amount."""

    code: str
    facts: dict[str, object]
    amount: int | None = None


def steps(result: Result) -> list[Step]:
    """How a line came to its payable amount."""
    found = list(_base_steps(result))
    if result.reasons:
        found += [_reason(reason, result) for reason in result.reasons]
        return [*found, Step("payable", {}, 0)]
    if result.day is not None:
        found += _rate_steps(result, result.day)
    found.append(Step("owed", {}, result.before))
    found += _cut_steps(result)
    return [*found, Step("payable", {}, result.payable)]


def loan_steps(result: LoanResult) -> list[Step]:
    """How a loan came to its payable discount."""
    terms = result.terms.discount
    found = [
        Step(
            "segment",
            {
                "from": segment.start,
                "until": segment.end,
                "days": segment.days,
                "eligible_days": eligible_days(segment, terms),
                "balance": segment.balance,
                **_measured(segment, terms),
            },
        )
        for segment in result.accrued.segments
    ]
    annual = int(result.loan.annual_rate * RATE_ONE)
    found.append(
        Step("interest", {"rate": annual, "basis": terms.day_count}, amount=result.interest)
    )
    if not terms.is_for(result.loan.kind):
        found.append(Step("reason:loan_kind", {"loan_kind": result.loan.kind}))
    if result.eligible_interest != result.interest:
        found.append(Step("eligible_interest", {}, result.eligible_interest))
    found.append(Step(f"discount:{terms.method}", {"rate": terms.value}, result.discount))
    found += _cut_steps(result)
    return [*found, Step("payable", {}, result.payable)]


def _measured(segment: Segment, terms: Discount) -> dict[str, object]:
    """The LPR of a segment where the discount is measured against it; what is refused, and why."""
    found: dict[str, object] = {}
    if terms.method == "share_of_min" and segment.lpr is not None:
        found["lpr"] = int(segment.lpr * RATE_ONE)
    if segment.covered < segment.balance:
        found["uncovered"] = segment.balance - segment.covered
    if segment.promise is not None and hours_part(segment, terms) < 1:
        year = segment.promise
        found |= {"promised": yuan(year.promised), "delivered": yuan(year.delivered)}
        found["promised_hours"] = terms.promised_hours
    return found


def _base_steps(result: Result) -> Iterator[Step]:
    chosen = chosen_amount(result.terms.base)(result.line)
    yield Step(f"amount:{result.terms.base}", {}, chosen)
    if result.line.other_funding:
        yield Step("other_funding", {}, -min(result.line.other_funding, chosen))
        yield Step("base", {}, result.base)


def _reason(reason: str, result: Result) -> Step:
    terms = result.terms
    asked = terms.eligibility
    facts: dict[str, object] = {
        "day": result.day,
        "from": terms.valid_from,
        "to": terms.valid_to,
        "dated_by": terms.dated_by,
        "qualifications": asked.qualifications_any,
        "minimum": asked.min_amount,
        "least_value": asked.min_original_value or 0,
    }
    if reason == "not_in_force" and result.day is None:
        return Step("reason:undated", facts)
    kind, _, flag = reason.partition(":")
    return Step(f"reason:{kind}", {**facts, "flag": flag})


def _rate_steps(result: Result, day: date) -> Iterator[Step]:
    rate, base = result.terms.rate, result.base
    if 0 < rate.full_offset_up_to >= base:
        yield Step("full_offset", {"limit": rate.full_offset_up_to})
        return
    if rate.brackets:
        for bracket, part in bands(rate.brackets, base):
            yield Step("band", {"part": part, "rate": bracket.rate})
        return
    tiers = matching(rate.tiers, result.line, day, base=base)
    bonuses = matching(rate.bonus, result.line, day, base=base)
    counted = _counted(result.terms, tiers)
    yield from (_share("tier", tier, result.line, day=day) for tier in counted)
    yield from (_share("bonus", tier, result.line, day=day) for tier in bonuses)
    if sum(tier.rate for tier in (*counted, *bonuses)) != result.rate:
        yield Step("ceiling", {"rate": rate.ceiling})


def _counted(terms: Programme, tiers: list[Tier]) -> list[Tier]:
    if terms.rate.combine == "highest":
        return [max(tiers, key=lambda tier: tier.rate)]
    return tiers[:1] if terms.rate.combine == "first" else tiers


def _share(code: str, tier: Tier, line: Line, *, day: date) -> Step:
    """A tier with its condition; for a qualification also its number and until when it is held."""
    facts: dict[str, object] = {"rate": tier.rate, "when": tier.when}
    if (wanted := tier.when.qualification) is not None:
        counting = [held for held in line.qualifications if qualified((held,), (wanted,), day)]
        longest = max(counting, key=lambda held: held.last or date.max)
        if longest.number:
            facts["held_number"] = longest.number
        if longest.last is not None:
            facts["held_to"] = longest.last
    return Step(code, facts)


def _cut_steps(result: Result | LoanResult) -> Iterator[Step]:
    limits: dict[Scope, int] = {}
    for cap in result.terms.caps:
        limits[cap.scope] = min(cap.amount, limits.get(cap.scope, cap.amount))
    for reason, amount in result.cuts:
        kind, _, scope = reason.partition(":")
        limit = next((most for name, most in limits.items() if name == scope), 0)
        if kind == "budget" and result.terms.budget:
            kind, limit = f"budget:{result.terms.budget.rule}", result.terms.budget.amount
        elif kind == "cap":
            kind = reason
        yield Step(f"cut:{kind}", {"limit": limit, "scope": scope}, -amount)


def step_json(step: Step) -> dict[str, object]:
    """A step as JSON keeps and shows it: amounts in yuan, rates as decimals, days in ISO."""
    facts = {key: _plain(key, value) for key, value in step.facts.items()}
    return {
        "code": step.code,
        "facts": facts,
        "amount": None if step.amount is None else yuan(step.amount),
    }


def step_of(kept: object) -> Step:
    """A step out of JSON."""
    if not isinstance(kept, dict) or set(kept) != set(Step._fields):
        raise ValueError(f"not a step: {kept!r}")
    facts = {key: _read(key, value) for key, value in kept["facts"].items()}
    return Step(kept["code"], facts, None if kept["amount"] is None else fen(kept["amount"]))


def _plain(key: str, value: object) -> object:
    if isinstance(value, When):
        said = {name: getattr(value, name) for name in WHEN_KEYS}
        return {name: _plain(name, told) for name, told in said.items() if told is not None}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and key in AMOUNTS:
        return yuan(value)
    if isinstance(value, int) and key in RATES:
        return rate_text(value)
    return list(value) if isinstance(value, tuple) else value


def _read(key: str, value: object) -> Any:
    if isinstance(value, dict):
        return When(**{name: _read(name, told) for name, told in value.items()})
    if isinstance(value, str) and key in _DAYS:
        return date.fromisoformat(value)
    if isinstance(value, str) and key in AMOUNTS:
        return fen(value)
    if isinstance(value, str) and key in RATES:
        return rate(value)
    return tuple(value) if isinstance(value, list) else value
