"""Why something about an invoice or a payment was refused."""

from booking.kernel.errors import BookingError, RulesBroken


class PaperNotSensible(RulesBroken):
    """Something about the invoice or the payment cannot be."""

    code = "invoice.not_sensible"


class InvoiceKnown(BookingError):
    """An invoice of that number and code is recorded already: each is used once."""

    kind = "conflict"
    code = "invoice.known"


class PaymentKnown(BookingError):
    """A payment of that bank and transaction number is recorded already."""

    kind = "conflict"
    code = "payment.known"


class PaperIllegalStep(BookingError):
    """In this state it cannot be checked or voided."""

    kind = "conflict"
    code = "invoice.illegal_step"


class PaperCheckedByRecorder(BookingError):
    """Whoever recorded it does not check it."""

    kind = "forbidden"
    code = "invoice.checked_by_recorder"


class PaperLeanedOn(BookingError):
    """Credit notes or refunds that stand refer to it."""

    kind = "conflict"
    code = "invoice.leaned_on"


class PaperFixed(BookingError):
    """What is checked is shared out by the centre's finance only; what is voided, by nobody."""

    kind = "conflict"
    code = "invoice.fixed"


class TooManyPaperFiles(BookingError):
    """It has as many files as one can have."""

    kind = "conflict"
    code = "invoice.too_many_files"
