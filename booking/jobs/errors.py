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
