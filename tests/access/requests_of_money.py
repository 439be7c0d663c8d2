"""What is asked of the routes of charges, prepayments and kept quotes."""

from collections.abc import Callable

from tests.access.ask import Ask, At, as_form, as_json
from tests.access.bodies import LOCAL_NOON, WHY

_ADJUSTED = {"amount": "1.00", "reason": "样品损坏"}
_LIMIT = {"amount": "1.00", "note": "示例"}
_PROVIDER = "organisations/{organisation_id}/labs"
_BACK = {"amount": "0.01", "bank_reference": "B-77"}


def _top_up(at: At) -> dict[str, object]:
    return {**_BACK, "company": "没有这家公司", "provider_id": at(_PROVIDER)}


def _paid(at: At) -> Ask:
    return Ask(json=_top_up(at))


def _paid_form(at: At) -> Ask:
    return Ask(form={name: str(value) for name, value in _top_up(at).items()})


MONEY: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/charges/{number}/adjustments": as_json(_ADJUSTED),
    "POST /api/v1/charge-adjustments/{adjustment_id}/refusal": as_json(WHY),
    "PUT /api/v1/adjustment-limit": as_json(_LIMIT),
    "POST /api/v1/prepayments": _paid,
    "POST /api/v1/prepayments/{account_id}/refunds": as_json(_BACK),
    "POST /api/v1/reservations/{number}/correction": as_json(WHY),
    "POST /charges/{number}/adjustments": as_form(**_ADJUSTED),
    "POST /charges/adjustments/limit": as_form(**_LIMIT),
    "POST /charges/adjustments/{adjustment_id}/refusal": as_form(**WHY),
    "POST /instruments/{instrument_id}/quotes": as_form(**LOCAL_NOON),
    "POST /prepayments": _paid_form,
    "POST /prepayments/{account_id}/refunds": as_form(**_BACK),
    "POST /reservations/{number}/correction": as_form(**WHY),
}
