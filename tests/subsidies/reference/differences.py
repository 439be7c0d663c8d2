"""The one meeting place: the same request to both, and the smallest case they differ in."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from booking.kernel.errors import BookingError
from booking.subsidies.rules.answer import evaluate_request
from tests.subsidies.reference.answer import answer

Json = dict[str, Any]


def engine(request: Json) -> Json:
    """What the platform says, reduced to what the document says of every result."""
    found: Json = evaluate_request(request)
    return {
        "results": [
            {
                "programme": one["programme"],
                "line_id": one["line_id"],
                "reasons": sorted(one["reasons"]),
                "base": one["base"],
                "before": one["granted_before_caps"],
                "cuts": [(cut["reason"], cut["amount"]) for cut in one["cuts"]],
                "payable": one["payable"],
            }
            for one in rows(found, "results")
        ],
        "loans": [
            {
                "programme": one["programme"],
                "loan_id": one["loan_id"],
                "interest": one["interest"],
                "eligible_interest": one["eligible_interest"],
                "discount": one["discount"],
                "cuts": [(cut["reason"], cut["amount"]) for cut in one["cuts"]],
                "payable": one["payable"],
            }
            for one in rows(found, "loans")
        ],
        "totals": {
            name: amount
            for name, amount in found["totals"]["programme"].items()
            if amount != "0.00"
        },
    }


def rows(found: Json, name: str) -> list[Json]:
    return list(found[name])


def by_name(found: Json) -> Json:
    """The order in which results are told is not compared, what is in them is."""
    return {
        "results": {(one["programme"], one["line_id"]): one for one in found["results"]},
        "loans": {(one["programme"], one["loan_id"]): one for one in found["loans"]},
        "totals": found["totals"],
    }


def differ(request: Json) -> bool:
    return by_name(engine(deepcopy(request))) != by_name(answer(request))


def smallest(request: Json) -> Json:
    """The request with everything taken away that the difference does not need."""
    for smaller in reductions(request):
        if still_differs(smaller):
            return smallest(smaller)
    return request


def still_differs(request: Json) -> bool:
    try:
        return differ(request)
    except (BookingError, KeyError, IndexError, ValueError, AssertionError):
        return False


def reductions(request: Json) -> Iterator[Json]:
    for name in ("programmes", "lines", "loans", "joint_caps"):
        for place in range(len(request.get(name, []))):
            smaller = deepcopy(request)
            del smaller[name][place]
            if smaller["programmes"]:
                yield smaller
    for place, programme in enumerate(request["programmes"]):
        for key in ("caps", "budget", "eligibility", "brackets", "max_days"):
            if programme.get(key):
                smaller = deepcopy(request)
                del smaller["programmes"][place][key]
                yield smaller
