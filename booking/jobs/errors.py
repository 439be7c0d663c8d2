"""Why a job did not run."""

from booking.kernel.errors import BookingError


class JobBusy(BookingError):
    """Another process is running it."""

    kind = "conflict"
    code = "job.busy"


class UnknownJob(BookingError):
    """No job of that name."""

    kind = "missing"
    code = "job.unknown"


class LeaseLost(BookingError):
    """We were so slow that somebody else took over; nothing we did is kept."""

    kind = "conflict"
    code = "job.lease_lost"


class BooksBroken(BookingError):
    """Postings that do not balance: somebody must look at once."""

    kind = "conflict"
    code = "job.books_broken"
