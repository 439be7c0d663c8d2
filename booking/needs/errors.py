"""Why something about a need, an offer or a saved search was refused."""

from booking.kernel.errors import BookingError, RulesBroken


class NoCompany(BookingError):
    """Whoever asks belongs to no company, or to several and names none of them."""

    kind = "invalid"
    code = "need.no_company"


class NoLab(BookingError):
    """Whoever offers manages no lab, or several and names none of them."""

    kind = "invalid"
    code = "need.no_lab"


class NeedIllegalStep(BookingError):
    """A need in this state cannot take this step."""

    kind = "conflict"
    code = "need.illegal_step"


class OfferIllegalStep(BookingError):
    """An offer in this state cannot take this step."""

    kind = "conflict"
    code = "need.offer_illegal_step"


class OfferStands(BookingError):
    """The lab has an offer on this need that is not decided yet."""

    kind = "conflict"
    code = "need.offer_stands"


class OfferOver(BookingError):
    """The offer held until a day that is over."""

    kind = "conflict"
    code = "need.offer_over"


class NotSensible(RulesBroken):
    """Something about the need or the offer cannot be."""

    code = "need.not_sensible"


class SearchNameTaken(BookingError):
    """The person has a search of this name."""

    kind = "conflict"
    code = "saved_search.name_taken"


class TooManySearches(BookingError):
    """The person has as many as one can have."""

    kind = "conflict"
    code = "saved_search.too_many"
