"""What is asked of the routes around a use: photos, words in a dispute, what is typed there."""

from collections.abc import Callable

from tests.access.ask import Ask, At, File, as_form, as_json
from tests.factories.files import JPEG


def _photo(_: At) -> Ask:
    return Ask(form={"taken": "before"}, file=File("photo", "a.jpg", JPEG))


USING: dict[str, Callable[[At], Ask]] = {
    "POST /reservations/{number}/photos": _photo,
    "POST /reservations/{number}/messages": as_form(text="日志是两小时"),
    "POST /api/v1/reservations/{number}/messages": as_json({"text": "日志是两小时"}),
    "POST /reservations/{number}/feedback": as_form(grade="fair"),
    "POST /api/v1/reservations/{number}/feedback": as_json({"grade": "fair"}),
    "POST /here/{instrument_id}/{token}": as_form(shown_code=""),
}
