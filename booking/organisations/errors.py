"""Why something about an organisation was refused."""

from booking.kernel.errors import BookingError


class UsccTaken(BookingError):
    """Another organisation is registered under this credit code."""

    kind = "conflict"
    code = "organisation.uscc_taken"


class IllegalStep(BookingError):
    """An organisation in this status cannot take this step."""

    kind = "conflict"
    code = "organisation.illegal_step"


class LabNameTaken(BookingError):
    """The organisation has a lab of this name already."""

    kind = "conflict"
    code = "organisation.lab_name_taken"


class NotAProvider(BookingError):
    """Only an organisation that opens instruments has labs."""

    kind = "invalid"
    code = "organisation.not_a_provider"
