"""The engine's answer as JSON: amounts in yuan, rates as decimal text, nothing rounded twice."""

from collections.abc import Mapping, Sequence
from datetime import date

from booking.kernel.money import yuan
from booking.subsidies.rules import scalars
from booking.subsidies.rules.caps import Cut
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.explanation import explanation
from booking.subsidies.rules.faults import Faults
from booking.subsidies.rules.joint_caps import read_joint_caps
from booking.subsidies.rules.line import read_lines
from booking.subsidies.rules.loan_reading import read_loans
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.programme import Programme, exact_yuan, rate_text
from booking.subsidies.rules.reading import read_programmes
from booking.subsidies.rules.results import Evaluation, LoanResult, Result

JsonDict = dict[str, object]
_KEYS = ("programmes", "lines", "loans", "joint_caps", "from", "to")


def evaluate_request(raw: object) -> JsonDict:
    """Read a whole request strictly, evaluate it, answer as JSON."""
    faults = Faults()
    node = Node(raw, "", faults=faults, allowed=_KEYS)
    programmes = read_programmes(_list(node, "programmes"), faults)
    if not programmes:
        node.fault("programmes", "empty")
    lines = read_lines(_list(node, "lines"), faults)
    loans = read_loans(_list(node, "loans"), faults)
    joint_caps = read_joint_caps(node, {terms.id: terms.kind for terms in programmes})
    span = _span(node, needed=bool(loans) and any(p.kind == "interest" for p in programmes))
    faults.refuse_if_any()
    return answer(evaluate(programmes, lines, loans=loans, joint_caps=joint_caps, span=span))


def joined_request(programme: object, lines: object) -> JsonDict:
    """One request out of the two files of `booking evaluate`."""
    several = isinstance(programme, Mapping) and "programmes" in programme
    request: JsonDict = {**programme} if several else {"programmes": [programme]}  # type: ignore[dict-item]  # checked above
    if isinstance(lines, Mapping):
        return {**request, **lines}
    return {**request, "lines": lines}


def answer(evaluation: Evaluation) -> JsonDict:
    """All results, loans and totals."""
    return {
        "results": [result_json(found) for found in evaluation.results],
        "loans": [loan_json(found) for found in evaluation.loans],
        "totals": {
            per: {key: yuan(amount) for key, amount in sums.items()}
            for per, sums in evaluation.totals().items()
        },
    }


def result_json(found: Result) -> JsonDict:
    """One programme's answer for one line."""
    return {
        **_programme(found.terms),
        "line_id": found.line.line_id,
        "user": found.user,
        "eligible": found.eligible,
        "reasons": list(found.reasons),
        "base": yuan(found.base),
        "rate": None if found.rate is None else rate_text(found.rate),
        "raw": exact_yuan(found.raw),
        "granted_before_caps": yuan(found.before),
        "cuts": _cuts(found.cuts),
        "payable": yuan(found.payable),
        "explanation": explanation(found),
    }


def loan_json(found: LoanResult) -> JsonDict:
    """One programme's answer for one loan."""
    return {
        **_programme(found.terms),
        "loan_id": found.loan.loan_id,
        "user": found.loan.user,
        "interest": yuan(found.interest),
        "eligible_interest": yuan(found.eligible_interest),
        "discount": yuan(found.discount),
        "cuts": _cuts(found.cuts),
        "payable": yuan(found.payable),
        "explanation": explanation(found),
    }


def _programme(terms: Programme) -> JsonDict:
    return {"programme": terms.id, "version": terms.version}


def _cuts(cuts: Sequence[Cut]) -> list[JsonDict]:
    return [{"reason": cut.reason, "amount": yuan(cut.amount)} for cut in cuts]


def _list(node: Node, key: str) -> Sequence[object]:
    raw = node.raw.get(key)
    if raw is None:
        return []
    if not isinstance(raw, list | tuple):
        node.fault(key, "not_a_list")
        return []
    return raw


def _span(node: Node, *, needed: bool) -> tuple[date, date] | None:
    """The days of `[from, to)`; needed when there is interest to count."""
    if not needed and not (node.has("from") and node.has("to")):
        return None
    first = node.need("from", scalars.day, otherwise=date.min)
    until = node.need("to", scalars.day, otherwise=date.max)
    if first >= until:
        node.fault("to", "ends_before_start")
    return first, until
