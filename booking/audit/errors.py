"""What the trail itself may find."""

from booking.kernel.errors import BookingError


class SpanBackwards(BookingError):
    """What is asked for would end before it begins."""

    code = "audit.span_backwards"


class ChainBroken(BookingError):
    """The trail was touched: somebody must look at once."""

    kind = "conflict"
    code = "audit.chain_broken"
