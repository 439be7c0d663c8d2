"""Why a voucher is not issued, or not taken."""

from booking.kernel.errors import BookingError, RulesBroken


class VoucherRefused(RulesBroken):
    """It cannot be used for this booking; every reason is named."""

    code = "voucher.refused"


class VoucherNotIssued(RulesBroken):
    """Nobody of those named was given one; every reason is named."""

    code = "voucher.not_issued"


class NothingOwed(BookingError):
    """The provider has been paid for everything up to then, or has more to give back."""

    kind = "conflict"
    code = "voucher.nothing_owed"


class OtherAmountOwed(BookingError):
    """What was paid is not what is owed: nobody is paid half a list, or twice."""

    kind = "conflict"
    code = "voucher.other_amount_owed"


class BankReferenceTaken(BookingError):
    """A payment under this reference of the bank was recorded before."""

    kind = "conflict"
    code = "voucher.bank_reference_taken"


class PaidTomorrow(BookingError):
    """Only what was paid is recorded."""

    code = "voucher.paid_tomorrow"


class PeriodAhead(BookingError):
    """Nothing can be owed for a period that has not begun."""

    code = "voucher.period_ahead"
