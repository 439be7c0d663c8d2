"""What is asked of the routes of entrusted orders."""

from collections.abc import Callable

from tests.access.ask import Ask, At, File, as_form, as_json
from tests.access.bodies import INSTRUMENT, LOCAL_NOON, NOON
from tests.factories.files import pdf

_WISH = {"wishes": "断口形貌", "by_day": "2026-12-14"}
_DAYS = {"valid_until": "2026-12-14", "promised_day": "2026-12-20"}


def _order(at: At) -> Ask:
    samples = [{"name": "片"}]
    return Ask(json={**_WISH, "instrument_id": at(INSTRUMENT), "samples": samples})


def _order_form(_: At) -> Ask:
    return Ask(form={**_WISH, "sample1_name": "片"}, file=File("paper", "图纸.pdf", pdf()))


def _file(_: At) -> Ask:
    return Ask(file=File("file", "报告.pdf", pdf()))


ORDERS: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/orders": _order,
    "POST /api/v1/orders/{number}/bookings": as_json(NOON),
    "POST /api/v1/orders/{number}/files": _file,
    "POST /api/v1/orders/{number}/messages": as_json({"words": "请附标尺"}),
    "POST /api/v1/orders/{number}/quotes": as_json({"minutes": 60, **_DAYS}),
    "POST /api/v1/orders/{number}/stations": as_json({"station": "received"}),
    "POST /api/v1/orders/{number}/steps": as_json({"choice": "withdraw"}),
    "POST /instruments/{instrument_id}/orders": _order_form,
    "POST /orders/{number}/bookings": as_form(**LOCAL_NOON),
    "POST /orders/{number}/files": _file,
    "POST /orders/{number}/messages": as_form(words="请附标尺"),
    "POST /orders/{number}/quotes": as_form(hours="1", **_DAYS),
    "POST /orders/{number}/stations": as_form(station="received"),
    "POST /orders/{number}/steps": as_form(choice="withdraw"),
}
