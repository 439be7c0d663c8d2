"""The whole request: programme by programme, line by line, in the order the document names."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from tests.subsidies.reference import loans, uses
from tests.subsidies.reference.grants import Grant, settle_one, share

Json = dict[str, Any]


def answer(request: Json) -> Json:
    """Results and loans as the document writes them, with what every programme pays in all."""
    joint_caps = request.get("joint_caps", [])
    earlier: list[Grant] = []
    results, of_loans = [], []
    for programme in in_order(request["programmes"], joint_caps):
        if programme["kind"] == "interest":
            of_loans += loans_of(programme, request, earlier, joint_caps)
        else:
            results += lines_of(programme, request, earlier, joint_caps)
    return {"results": results, "loans": of_loans, "totals": totals(earlier)}


def in_order(programmes: list[Json], joint_caps: list[Json]) -> list[Json]:
    """The order of a joint cap, where there is one over all of them."""
    orders = [joint["order"] for joint in joint_caps if len(joint["order"]) == len(programmes)]
    if not orders:
        return programmes
    return sorted(programmes, key=lambda programme: orders[0].index(programme["id"]))


def moment(line: Json) -> str:
    return datetime.fromisoformat(line["submitted_at"]).astimezone(UTC).isoformat()


def lines_of(
    programme: Json, request: Json, earlier: list[Grant], joint_caps: list[Json]
) -> list[Json]:
    ordered = sorted(request["lines"], key=lambda line: (moment(line), line["line_id"]))
    found: list[tuple[Json, set[str], Grant | None]] = []
    for line in ordered:
        why = uses.reasons(programme, line)
        exact = None if why else uses.raw(programme, line)
        if exact is None:
            found.append((line, why or {"no_rate"}, None))
            continue
        grant = grant_of(programme, line, exact)
        settle_one(grant, earlier, joint_caps)
        earlier.append(grant)
        found.append((line, why, grant))
    share([grant for _, _, grant in found if grant], programme)
    return [result_of(programme, line, why, grant) for line, why, grant in found]


def grant_of(programme: Json, line: Json, exact: Fraction) -> Grant:
    return Grant(
        programme,
        item=line["line_id"],
        beneficiary=line["provider"] if programme["kind"] == "provider" else line["user"],
        group=line["group"],
        base=uses.base(programme, line),
        before=uses.rounded(exact),
        order=(moment(line), line["line_id"]),
        provider=line["provider"],
        instrument=line["instrument"],
        day=uses.day_of(programme, line),
    )


def result_of(programme: Json, line: Json, why: set[str], grant: Grant | None) -> Json:
    return {
        "programme": programme["id"],
        "line_id": line["line_id"],
        "reasons": sorted(why),
        "base": yuan(uses.base(programme, line)),
        "before": yuan(grant.before) if grant else "0.00",
        "cuts": [(reason, yuan(amount)) for reason, amount in grant.cuts] if grant else [],
        "payable": yuan(grant.payable) if grant else "0.00",
    }


def loans_of(
    programme: Json, request: Json, earlier: list[Grant], joint_caps: list[Json]
) -> list[Json]:
    start, end = (date.fromisoformat(request[edge]) for edge in ("from", "to"))
    found = []
    for loan in sorted(request["loans"], key=lambda one: str(one["loan_id"])):
        whole, eligible, discount = loans.interest(programme, loan, start=start, end=end)
        grant = Grant(
            programme,
            item=loan["loan_id"],
            beneficiary=loan["user"],
            group=loan["group"],
            base=uses.rounded(eligible),
            before=uses.rounded(discount),
            order=("", loan["loan_id"]),
            day=start,
        )
        settle_one(grant, earlier, joint_caps)
        earlier.append(grant)
        found.append((grant, whole))
    share([grant for grant, _ in found], programme)
    return [loan_result(grant, whole) for grant, whole in found]


def loan_result(grant: Grant, whole: Fraction) -> Json:
    return {
        "programme": grant.programme["id"],
        "loan_id": grant.item,
        "interest": yuan(uses.rounded(whole)),
        "eligible_interest": yuan(grant.base),
        "discount": yuan(grant.before),
        "cuts": [(reason, yuan(amount)) for reason, amount in grant.cuts],
        "payable": yuan(grant.payable),
    }


def totals(grants: list[Grant]) -> dict[str, str]:
    sums: dict[str, Fraction] = {}
    for grant in grants:
        identity = grant.programme["id"]
        sums[identity] = sums.get(identity, Fraction(0)) + grant.payable
    return {identity: yuan(amount) for identity, amount in sums.items() if amount}


def yuan(amount: Fraction) -> str:
    fen = amount * 100
    assert fen.denominator == 1
    return f"{fen.numerator // 100}.{fen.numerator % 100:02d}"
