"""Why something about training was refused."""

from booking.kernel.errors import BookingError


class TrainingNotOffered(BookingError):
    """The instrument takes no bookings, or needs no training."""

    kind = "conflict"
    code = "training.not_offered"


class AskedAlready(BookingError):
    """An open request is there already."""

    kind = "conflict"
    code = "training.asked_already"


class NoOrganisation(BookingError):
    """Whoever asks belongs to no organisation that books."""

    code = "training.no_organisation"


class RequestDecided(BookingError):
    """The request is past what was wanted of it."""

    kind = "conflict"
    code = "training.request_decided"


class SessionOver(BookingError):
    """The session was held, cancelled, or is past."""

    kind = "conflict"
    code = "training.session_over"


class SessionAhead(BookingError):
    """Nobody has passed before it began."""

    kind = "conflict"
    code = "training.session_ahead"


class SessionFull(BookingError):
    """More people than seats."""

    kind = "conflict"
    code = "training.session_full"


class GrantOver(BookingError):
    """The permission was replaced or revoked."""

    kind = "conflict"
    code = "training.grant_over"


class EndsTooSoon(BookingError):
    """A permission that has ended before it begins."""

    code = "training.ends_too_soon"
