"""What is asked of the routes of payments and recoveries."""

from collections.abc import Callable

from tests.access.ask import Ask, At, File, as_form, as_json

_ANSWER = "序号,金额,结果\n1,1.00,\n".encode()
_RECOVERY = {"amount": "0.01", "reason": "因故"}
_LINE = "statements/{number}/lines/{position}/clawback"
_ROW = "payment-batches/{number}/rows/{position}"


def _file(_: At) -> Ask:
    return Ask(file=File("file", "answer.csv", _ANSWER))


def _text(_: At) -> Ask:
    return Ask(headers={"content-type": "text/csv"}, text=_ANSWER.decode())


PAYMENTS: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/payment-batches/{number}/answers": _text,
    f"POST /api/v1/{_LINE}": as_json(_RECOVERY),
    "POST /payment-batches/{number}/answers": _file,
    f"POST /{_LINE}": as_form(**_RECOVERY),
    f"POST /{_ROW}/payment": as_form(reference="B-1"),
    f"POST /{_ROW}/return": as_form(reason="因故"),
}
