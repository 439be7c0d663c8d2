"""What is asked besides, for what answers tell: other queries, kinds of file, refusals.

A line is a route as in the table of doors and what goes with it.
"""

from collections.abc import Callable

from tests.access.ask import Ask, At, as_form, as_json
from tests.access.bodies import INSTRUMENT, LOCAL_TAKEN, TAKEN
from tests.access.world.records import Value


def _taken(at: At) -> Ask:
    """A booking over a time that ours and the guest's already have."""
    return Ask(json={"instrument_id": at(INSTRUMENT), **TAKEN, "purpose": "断口"})


def _week(_: At) -> Ask:
    return Ask(query={"week": "2026-11-23"})


def _over(_: At) -> Ask:
    return Ask(query={"start": TAKEN["starts_at"], "end": TAKEN["ends_at"]})


def _over_a_week(_: At) -> Ask:
    """The first instruments of the world beside each other, those of both labs among them."""
    first = [str(number) for number in range(1, 13)]
    return Ask(query={"instrument": first, "view": "week", "day": "2026-11-25"})


def _joint(at: At) -> Ask:
    """Two after each other, the first over a time that is taken."""
    free = {"starts_at": TAKEN["ends_at"], "ends_at": "2026-11-25T20:00:00+08:00"}
    steps = [{"instrument_id": at(INSTRUMENT), **span} for span in (TAKEN, free)]
    return Ask(json={"steps": steps, "purpose": "断口"})


def _closed(_: At) -> Ask:
    return Ask(json={**TAKEN, "kind": "other", "reason": "停电"})


def _maintenance(_: At) -> Ask:
    return Ask(json={**TAKEN, "kind": "maintenance"})


def _correcting(at: At) -> Ask:
    return Ask(query={"replaces": at("qualifications/{qualification_id}")})


def _in_parts(query: dict[str, Value]) -> Callable[[At], Ask]:
    return lambda _: Ask(query=query, headers={"hx-request": "true"})


def _in_view(view: str, day: str) -> Callable[[At], Ask]:
    return lambda _: Ask(query={"view": view, "day": day})


def _held(at: At) -> Ask:
    """What the code on a printed statement leads to."""
    return Ask(query={"sha256": at("hashes/{number}")})


def _behind(figure: str) -> Callable[[At], Ask]:
    """The records of a year behind a figure."""
    return lambda _: Ask(query={"period": "2026", "figure": figure})


MORE: tuple[tuple[str, Callable[[At], Ask]], ...] = (
    ("GET /instruments/{instrument_id}", _week),
    ("GET /instruments/{instrument_id}", _in_parts({"week": "2026-11-16"})),
    ("GET /instruments/{instrument_id}/booking", _over),
    ("GET /instruments/{instrument_id}/subsidy-estimate", _over),
    ("GET /api/v1/instruments/{instrument_id}/availability", _over),
    ("GET /api/v1/instruments", lambda _: Ask(query={"free_from": TAKEN["starts_at"]})),
    ("GET /instruments", lambda _: Ask(query={"q": "示例"})),
    ("GET /instruments", lambda _: Ask(query={"q": "秘"})),
    ("GET /api/v1/instruments", lambda _: Ask(query={"q": "秘"})),
    ("GET /api/v1/organisations", lambda _: Ask(query={"q": "秘"})),
    ("GET /organisations", lambda _: Ask(query={"q": "秘"})),
    ("GET /people", lambda _: Ask(query={"q": "hushed"})),
    ("GET /api/v1/slots", lambda _: Ask(query={**_over(_).query, "duration_minutes": 30})),
    ("POST /api/v1/quotes", lambda at: Ask(json={"instrument_id": at(INSTRUMENT), **TAKEN})),
    ("POST /api/v1/reservations", _taken),
    ("POST /instruments/{instrument_id}/reservations", as_form(**LOCAL_TAKEN, purpose="断口")),
    ("POST /api/v1/reservations/{number}/reschedule", as_json(TAKEN)),
    ("POST /reservations/{number}/move", as_form(**LOCAL_TAKEN)),
    ("POST /api/v1/reservations/{number}/swaps", as_json(TAKEN)),
    ("POST /reservations/{number}/swap", as_form(**LOCAL_TAKEN)),
    ("POST /api/v1/reservations/{number}/proposals", as_json({**TAKEN, "reason": "停电"})),
    ("POST /api/v1/joint-bookings", _joint),
    ("GET /timeline", _over_a_week),
    ("GET /manage/labs/{lab_id}/timeline", _in_view("week", "2026-11-25")),
    ("GET /manage/labs/{lab_id}/timeline", _in_view("week", "2026-12-11")),
    ("GET /instruments/{instrument_id}/calendar", _in_view("agenda", "2026-11-20")),
    ("GET /instruments/{instrument_id}/calendar", _in_view("month", "2026-12-11")),
    ("POST /api/v1/instruments/{instrument_id}/closures", _closed),
    (
        "POST /api/v1/instruments/{instrument_id}/closures",
        as_json({**TAKEN, "kind": "maintenance"}),
    ),
    ("POST /manage/instruments/{instrument_id}/closures", as_form(**LOCAL_TAKEN, kind="other")),
    ("GET /organisations/{organisation_id}/qualifications/new", _correcting),
    ("GET /account", lambda _: Ask(query={"lang": "en"})),
    ("GET /organisations/{organisation_id}/members", lambda _: Ask(query={"lang": "en"})),
    ("GET /day", lambda _: Ask(query={"day": "2026-11-25"})),
    ("GET /day", lambda _: Ask(query={"day": "2026-11-21"})),
    ("GET /reservations", lambda _: Ask(query={"whose": "company"})),
    ("GET /reservations/past", lambda _: Ask(query={"whose": "company"})),
    ("GET /api/v1/audit", lambda _: Ask(query={"limit": 200})),
    ("GET /api/v1/reservations", lambda _: Ask()),
    ("GET /api/v1/charges", lambda _: Ask()),
    ("GET /api/v1/statements", lambda _: Ask()),
    ("GET /api/v1/utilisation", lambda _: Ask(query={"period": "2026-11", "by": "instrument"})),
    ("GET /api/v1/utilisation", lambda _: Ask(query={"period": "2026-11", "by": "organisation"})),
    ("GET /utilisation", lambda _: Ask(query={"period": "2026-11", "by": "organisation"})),
    ("GET /utilisation.csv", lambda _: Ask(query={"period": "2026", "by": "instrument"})),
    *(
        (f"GET /utilisation/instruments/{{instrument_id}}/records{kind}", _behind(figure))
        for kind in ("", ".csv")
        for figure in ("income", "reservations", "maintenance")
    ),
    ("GET /settlements/{period}", lambda _: Ask(query={"lang": "en"})),
    ("GET /statements", lambda _: Ask(query={"lang": "en"})),
    ("GET /organisations", lambda _: Ask(query={"lang": "en"})),
    ("GET /instruments/{instrument_id}", lambda _: Ask(query={"lang": "en"})),
    ("GET /verify/{number}", _held),
    ("GET /api/v1/verifications/{number}", _held),
)
# In the world, `{kind}` is csv.
KINDS_OF_FILE: tuple[tuple[str, str], ...] = (
    ("/api/v1/statements/{number}.{kind}", "xlsx"),
    ("/api/v1/statements/{number}.{kind}", "json"),
    ("/statements/{number}.{kind}", "xlsx"),
    ("/api/v1/settlements/{period}/payments.{kind}", "xlsx"),
    ("/payment-batches/{number}.{kind}", "xlsx"),
)
