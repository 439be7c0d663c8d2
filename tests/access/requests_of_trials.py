"""What goes with the addresses of what-ifs."""

from collections.abc import Callable

from tests.access.ask import Ask, At, as_form, as_json

TRIAL = {"period": "2026-05", "programmes": [{"id": "P", "version": 1}]}

TRIALS: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/simulations": as_json(TRIAL),
    "POST /api/v1/what-ifs": as_json(TRIAL),
    "POST /simulations": as_form(programme="P:1", period="2026-05"),
}
