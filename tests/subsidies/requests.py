"""Programmes and lines for tests: valid by default, a test says only what it is about."""

from copy import deepcopy
from typing import Any

from booking.subsidies.rules.answer import evaluate_request

# JSON of a test: whatever a document may hold.
Json = dict[str, Any]


def programme(identity: str = "P", **terms: Any) -> Json:
    """A usage programme that pays 30 % of everything in 2026."""
    return {
        "id": identity,
        "version": 1,
        "kind": "usage",
        "valid": {"from": "2026-01-01", "to": "2026-12-31"},
        "dated_by": "service_end",
        "rate": tiers("0.30"),
        **deepcopy(terms),
    }


def tiers(*rates: str, **more: Any) -> Json:
    """Tiers that always hold."""
    return {"tiers": [{"when": {}, "rate": rate} for rate in rates], **more}


def line(line_id: str = "L1", amount: str = "1000.00", **facts: Any) -> Json:
    """A use in October 2026 that cost an amount."""
    return {
        "line_id": line_id,
        "user": "U",
        "group": "G",
        "provider": "V",
        "instrument": "I",
        "resource_kind": "instrument",
        "original_value": "800000.00",
        "user_region": "xixian",
        "provider_region": "xixian",
        "qualifications": [{"code": "tech_sme", "from": "2026-01-01", "to": None}],
        "flags": [],
        "order_date": "2026-10-08",
        "service_end": "2026-10-09",
        "invoice_date": "2026-10-10",
        "payment_date": "2026-10-11",
        "contract_amount": amount,
        "invoice_amount": amount,
        "paid_amount": amount,
        "other_funding": "0.00",
        "submitted_at": "2026-10-12T09:00:00+08:00",
        **facts,
    }


def interest_programme(identity: str = "J", **terms: Any) -> Json:
    """40 % of the smaller of actual and LPR interest."""
    return {
        "id": identity,
        "version": 1,
        "kind": "interest",
        "discount": {"method": "share_of_min", "value": "0.40"},
        "day_count": "act_360",
        **deepcopy(terms),
    }


def loan(loan_id: str = "C1", **facts: Any) -> Json:
    """The loan of the checked example."""
    return {
        "loan_id": loan_id,
        "user": "U",
        "group": "G",
        "annual_rate": "0.0385",
        "lpr": [{"from": "2026-01-20", "rate": "0.0300"}],
        "draws": [
            {"date": "2026-03-10", "amount": "120000.00", "order": "R-1"},
            {"date": "2026-05-06", "amount": "80000.00", "order": "R-2"},
        ],
        "repayments": [{"date": "2026-06-20", "amount": "50000.00"}],
        "overdue": [],
        **facts,
    }


def evaluated(programmes: object, *lines: Json, **more: Any) -> Json:
    """The engine's answer to one or several programmes and some lines."""
    several = programmes if isinstance(programmes, list) else [programmes]
    return evaluate_request({"programmes": several, "lines": list(lines), **more})


def results(answer: Json) -> list[Json]:
    return list(answer["results"])


def only(answer: Json) -> Json:
    """The single result of an answer."""
    (found,) = results(answer)
    return found


def payable(answer: Json) -> list[object]:
    return [found["payable"] for found in results(answer)]
