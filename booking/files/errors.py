"""Why a file was not taken, or cannot be given out."""

from booking.kernel.errors import BookingError


class FileEmpty(BookingError):
    """There is nothing in it."""

    code = "file.empty"


class FileTooLarge(BookingError):
    """Its use allows less."""

    code = "file.too_large"


class FileKindRefused(BookingError):
    """It is of a kind that its use does not accept."""

    code = "file.kind_refused"


class FileKindUnknown(BookingError):
    """Nobody knows what it is."""

    code = "file.kind_unknown"


class FileDamaged(BookingError):
    """It breaks off, or is not what it begins as."""

    code = "file.damaged"


class FileTwofold(BookingError):
    """It is one kind in front of another."""

    code = "file.twofold"


class TooManyPixels(BookingError):
    """A picture that nobody could open."""

    code = "file.too_many_pixels"


class FileSwells(BookingError):
    """Unpacked it would be larger than anybody's table."""

    code = "file.swells"


class FileRefersOutside(BookingError):
    """It declares what no table needs, and could make a reader open other files."""

    code = "file.refers_outside"


class ScanRefused(BookingError):
    """The scanner found something."""

    code = "file.scan_refused"


class ScanUnavailable(BookingError):
    """The scanner did not answer; nothing is taken unseen."""

    kind = "unavailable"
    code = "file.scan_unavailable"


class FileGone(BookingError):
    """Its bytes are not where they were put."""

    kind = "missing"
    code = "file.gone"
