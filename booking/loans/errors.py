"""Why a deed on a credit line was refused."""

from collections.abc import Iterable

from booking.kernel.errors import BookingError, Violation


class CreditLineExists(BookingError):
    """There is a credit line of that number."""

    kind = "conflict"
    code = "loan.exists"


class BankFileInvalid(BookingError):
    """Nothing of the file was taken; `violations` name every line that is wrong."""

    code = "loan.bank_file_invalid"

    def __init__(self, faults: Iterable[Violation]) -> None:
        super().__init__()
        self.violations = tuple(faults)
