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


class TransactionTaken(BankFileInvalid):
    """A transaction number is known with another line, date, kind or amount: whichever is right,
    nothing that is known is written over."""

    kind = "conflict"
    code = "loan.transaction_taken"


class BankFileEncoding(BookingError):
    """The file is text in none of the encodings that banks use."""

    code = "loan.file_encoding"


class BankFileHeadings(BookingError):
    """No line of the file has the headings that the bank's mapping names."""

    code = "loan.file_headings"


class BankRowDecided(BookingError):
    """Somebody decided about this row before."""

    kind = "conflict"
    code = "loan.row_decided"


class RowDoesNotFit(BookingError):
    """The row cannot be a record of that credit line; `violations` say why."""

    code = "loan.row_does_not_fit"

    def __init__(self, why: str) -> None:
        super().__init__()
        self.violations = (Violation(why),)


class DrawLive(BookingError):
    """This charge is drawn for already."""

    kind = "conflict"
    code = "loan.draw_live"


class DrawEnded(BookingError):
    """The bank told of this draw, or it was refused or withdrawn before."""

    kind = "conflict"
    code = "loan.draw_ended"


class PromiseMade(BookingError):
    """For this loan something is promised already; what is agreed is never edited."""

    kind = "conflict"
    code = "loan.promise_made"


class TermsAgreed(BookingError):
    """From this day on something else is agreed already."""

    kind = "conflict"
    code = "loan.terms_agreed"
