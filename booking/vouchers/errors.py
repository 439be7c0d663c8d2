"""Why a voucher is not issued, or not taken."""

from booking.kernel.errors import RulesBroken


class VoucherRefused(RulesBroken):
    """It cannot be used for this booking; every reason is named."""

    code = "voucher.refused"


class VoucherNotIssued(RulesBroken):
    """Nobody of those named was given one; every reason is named."""

    code = "voucher.not_issued"
