"""What goes with the addresses of joint bookings and of series."""

from collections.abc import Callable, Sequence

from booking.access.roles import Role
from tests.access.ask import Ask, At, as_form, as_json
from tests.access.bodies import INSTRUMENT, LOCAL_NOON, NOON, SELF, WHY
from tests.access.world.records import Value

_NOON, _ONE = NOON["starts_at"], NOON["ends_at"]
_TWO = "2026-11-30T14:00:00+08:00"


def _steps(at: At) -> Ask:
    tool = at(INSTRUMENT)
    steps = [
        {"instrument_id": tool, "starts_at": _NOON, "ends_at": _ONE},
        {"instrument_id": tool, "starts_at": _ONE, "ends_at": _TWO},
    ]
    wish: dict[str, object] = {"steps": steps, "purpose": "断口"}
    return Ask(json={**wish, "on_behalf_of": SELF} if at.who == Role.CENTRE_ADMIN else wish)


def _form(at: At) -> Ask:
    tool = str(at(INSTRUMENT))
    told: dict[str, Value | Sequence[Value]] = {
        "starts_at": LOCAL_NOON["starts_at"],
        "instrument": [tool, tool],
        "minutes": ["60", "60"],
        "follows": ["after", "after"],
        "pause": ["0", "0"],
        "samples": ["0", "0"],
        "purpose": "断口",
    }
    return Ask(form=told)


JOINT: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/joint-bookings": _steps,
    "POST /api/v1/joint-bookings/{number}/cancellation": as_json(WHY),
    "POST /api/v1/joint-bookings/{number}/move": as_json({"starts_at": _NOON}),
    "POST /api/v1/reservation-series/{number}/cancellation": as_json(WHY),
    "POST /api/v1/reservation-series/{number}/move": as_json({"starts_at": _NOON, "ends_at": _ONE}),
    "POST /joint-bookings": _form,
    "POST /joint-bookings/{number}/cancellation": as_form(**WHY),
    "POST /joint-bookings/{number}/move": as_form(starts_at=LOCAL_NOON["starts_at"]),
}
