"""What goes with addresses, told room by room."""

from collections.abc import Callable

from tests.access.ask import Ask, At, File
from tests.access.requests_of_changes import CHANGES
from tests.access.requests_of_credit import CREDIT
from tests.access.requests_of_invoices import INVOICES
from tests.access.requests_of_joint import JOINT
from tests.access.requests_of_keepers import KEEPERS
from tests.access.requests_of_loans import LOANS
from tests.access.requests_of_money import MONEY
from tests.access.requests_of_orders import ORDERS
from tests.access.requests_of_payments import PAYMENTS
from tests.access.requests_of_reports import REPORTS
from tests.access.requests_of_trials import TRIALS
from tests.access.requests_of_use import USING
from tests.factories.files import pdf


def _held(_: At) -> Ask:
    return Ask(file=File("file", "a.pdf", pdf()))


ROOMS: dict[str, Callable[[At], Ask]] = {
    **CHANGES,
    **CREDIT,
    **INVOICES,
    **JOINT,
    **KEEPERS,
    **MONEY,
    **REPORTS,
    **LOANS,
    **ORDERS,
    **PAYMENTS,
    **USING,
    "POST /verify/{number}": _held,
    "GET /api/v1/verifications/{number}": lambda _: Ask(query={"sha256": "0" * 64}),
    **TRIALS,
}
