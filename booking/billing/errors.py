"""Why a charge was not adjusted."""

from booking.kernel.errors import BookingError


class AdjustmentPending(BookingError):
    """Somebody else asked already and has no answer yet."""

    kind = "conflict"
    code = "adjustment.pending"


class AdjustmentDecided(BookingError):
    """It was applied or refused before."""

    kind = "conflict"
    code = "adjustment.decided"


class AdjustmentNothing(BookingError):
    """The charge comes to that already."""

    code = "adjustment.nothing"


class ApproverAsked(BookingError):
    """Whoever asks does not agree with themselves."""

    kind = "forbidden"
    code = "adjustment.own_request"


class OwnCharge(BookingError):
    """Whoever owes it does not adjust it."""

    kind = "forbidden"
    code = "adjustment.own_charge"


class AdjustmentStale(BookingError):
    """The charge was corrected meanwhile: it would come to less than nothing."""

    kind = "conflict"
    code = "adjustment.stale"
