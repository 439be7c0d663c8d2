"""What goes with addresses, told room by room."""

from collections.abc import Callable

from tests.access.ask import Ask, At
from tests.access.requests_of_changes import CHANGES
from tests.access.requests_of_credit import CREDIT
from tests.access.requests_of_joint import JOINT
from tests.access.requests_of_keepers import KEEPERS
from tests.access.requests_of_loans import LOANS
from tests.access.requests_of_orders import ORDERS
from tests.access.requests_of_use import USING

ROOMS: dict[str, Callable[[At], Ask]] = {
    **CHANGES,
    **CREDIT,
    **JOINT,
    **KEEPERS,
    **LOANS,
    **ORDERS,
    **USING,
}
