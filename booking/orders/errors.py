"""Why something about an order was refused."""

from booking.kernel.errors import BookingError, RulesBroken


class OrderNotSensible(RulesBroken):
    """Something about the order, its quote or its report cannot be."""

    code = "order.not_sensible"


class OrderNoCompany(BookingError):
    """Whoever asks belongs to no company, or to several and names none of them."""

    kind = "invalid"
    code = "order.no_company"


class OrderSuccessorMissing(BookingError):
    """Orders are running; somebody has to stand for them."""

    kind = "invalid"
    code = "departure.order_successor_missing"


class OrderIllegalStep(BookingError):
    """An order in this state cannot take this step."""

    kind = "conflict"
    code = "order.illegal_step"


class QuoteNotStanding(BookingError):
    """Another quote stands by now, or none."""

    kind = "conflict"
    code = "order.quote_not_standing"


class QuoteOver(BookingError):
    """The quote held until a day that is over."""

    kind = "conflict"
    code = "order.quote_over"


class OrderBeyondQuote(BookingError):
    """The bookings would cost more than the company accepted; a new quote has to be accepted."""

    kind = "conflict"
    code = "order.beyond_quote"


class OrderNoPrice(BookingError):
    """The instrument has no price list by which to reckon."""

    kind = "invalid"
    code = "order.no_price"


class SampleIllegalStation(BookingError):
    """No sample that was meant may go there from where it is."""

    kind = "conflict"
    code = "order.illegal_station"


class OrderReasonMissing(BookingError):
    """What is refused or called off is so for a reason."""

    kind = "invalid"
    code = "order.reason_missing"


class TooManyOrderFiles(BookingError):
    """An order has as many files as one can have."""

    kind = "conflict"
    code = "order.too_many_files"
