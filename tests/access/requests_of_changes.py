"""What goes with the addresses at which bookings are changed."""

from collections.abc import Callable

from tests.access.ask import Ask, At, as_form, as_json
from tests.access.bodies import LOCAL_NOON, NOON

_COLLEAGUE = "nobody@example.com"


def _proposal(_: At) -> Ask:
    return Ask(json={**NOON, "reason": "保养"})


def _proposal_page(at: At) -> Ask:
    return Ask(
        form={**LOCAL_NOON, "instrument_id": at("offered/{instrument_id}"), "reason": "保养"}
    )


CHANGES: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/reservations/{number}/holder": as_json({"colleague": _COLLEAGUE}),
    "POST /api/v1/reservations/{number}/proposals": _proposal,
    "POST /api/v1/reservations/{number}/swaps": as_json(NOON),
    "POST /reservations/{number}/end": as_form(ends_at="2026-12-30T12:00"),
    "POST /reservations/{number}/holder": as_form(colleague=_COLLEAGUE),
    "POST /reservations/{number}/proposal": _proposal_page,
    "POST /reservations/{number}/swap": as_form(**LOCAL_NOON),
}
