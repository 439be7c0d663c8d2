"""Why money was not moved."""

from booking.kernel.errors import BookingError


class UnbalancedPosting(BookingError):
    """Debits and credits differ: a fault of ours, never of the person asking."""

    code = "ledger.unbalanced"


class NothingToReverse(BookingError):
    """There is no posting of that reference."""

    kind = "missing"
    code = "ledger.nothing_to_reverse"


class LedgerPeriodUnreadable(BookingError):
    """The text names no month, quarter or year."""

    code = "ledger.period_unreadable"


class InsufficientFunds(BookingError):
    """Less is available than is wanted."""

    kind = "conflict"
    code = "funds.insufficient"


class BankReferenceUsed(BookingError):
    """This payment was entered before."""

    kind = "conflict"
    code = "prepayment.bank_reference_used"


class CompanyUnknown(BookingError):
    """No organisation has that code or name."""

    code = "prepayment.company_unknown"
