"""What goes with the addresses of credit."""

from collections.abc import Callable

from tests.access.ask import Ask, At, as_form, as_json
from tests.access.bodies import WHY

CREDIT: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/credit/appeals/{appeal_id}/granting": as_json(WHY),
    "POST /api/v1/credit/appeals/{appeal_id}/refusal": as_json(WHY),
    "POST /api/v1/credit/entries/{entry_id}/appeal": as_json({"words": "停电"}),
    "POST /credit/appeals/{appeal_id}/granting": as_form(**WHY),
    "POST /credit/appeals/{appeal_id}/refusal": as_form(**WHY),
    "POST /credit/entries/{entry_id}/appeal": as_form(words="停电"),
    "POST /credit/rules": as_form(start_score=100, loss_days=180, gain_days=180),
}
