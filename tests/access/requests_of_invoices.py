"""What is asked of the routes of invoices and payments."""

from collections.abc import Callable

from tests.access.ask import Ask, At, File, as_form, as_json
from tests.access.bodies import ORGANISATION
from tests.factories.files import pdf

_WHY = "开错"
_CHARGE, _INVOICE = "charges/{number}", "invoices/{reference}"
_PROVIDER = "organisations/{organisation_id}/labs"


def _paper(_: At) -> Ask:
    return Ask(file=File("paper", "发票.pdf", pdf()))


def _file(_: At) -> Ask:
    return Ask(file=File("file", "发票.pdf", pdf()))


def _said(at: At) -> dict[str, object]:
    """A code that is nobody's: whoever may record is told so."""
    return {
        "kind": "digital_ordinary",
        "number": "8" * 20,
        "provider_id": at(_PROVIDER),
        "organisation_id": at(ORGANISATION),
        "buyer_uscc": "NOBODY",
        "issued_on": "2026-11-02",
        "net": "100.00",
        "tax": "6.00",
        "total": "106.00",
    }


def _paid(at: At) -> dict[str, object]:
    return {
        "organisation_id": at(ORGANISATION),
        "provider_id": at(_PROVIDER),
        "paid_on": "2026-11-10",
        "amount": "106.00",
        "bank": "示例银行",
        "bank_transaction_number": "ASKED",
    }


def _for(record: str) -> Callable[[At], Ask]:
    return lambda at: Ask(json={"shares": [{"number": at(record), "amount": "1.00"}]})


def _ticked(record: str) -> Callable[[At], Ask]:
    return lambda at: Ask(form={"pick1": "on", "number1": str(at(record)), "amount1": "1.00"})


def _as_typed(said: Callable[[At], dict[str, object]]) -> Callable[[At], Ask]:
    return lambda at: Ask(form={name: str(value) for name, value in said(at).items()})


INVOICES: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/invoices": lambda at: Ask(json=_said(at)),
    "POST /api/v1/invoices/{reference}/files": _file,
    "POST /api/v1/invoices/{reference}/matches": _for(_CHARGE),
    "POST /api/v1/invoices/{reference}/void": as_json({"reason": _WHY}),
    "POST /api/v1/payments": lambda at: Ask(json=_paid(at)),
    "POST /api/v1/payments/{reference}/files": _file,
    "POST /api/v1/payments/{reference}/matches": _for(_INVOICE),
    "POST /api/v1/payments/{reference}/void": as_json({"reason": _WHY}),
    "POST /invoices": _as_typed(_said),
    "POST /invoices/keeping": as_form(first_day="2026-12-01", reason="自十二月起"),
    "POST /invoices/reading": _paper,
    "POST /invoices/{reference}/files": _paper,
    "POST /invoices/{reference}/matches": _ticked(_CHARGE),
    "POST /invoices/{reference}/void": as_form(reason=_WHY),
    "POST /payments": _as_typed(_paid),
    "POST /payments/{reference}/files": _paper,
    "POST /payments/{reference}/matches": _ticked(_INVOICE),
    "POST /payments/{reference}/void": as_form(reason=_WHY),
}
