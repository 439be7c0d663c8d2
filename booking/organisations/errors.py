"""Why something about an organisation was refused."""

from booking.kernel.errors import BookingError, RulesBroken


class UsccTaken(BookingError):
    """Another organisation is registered under this credit code."""

    kind = "conflict"
    code = "organisation.uscc_taken"


class NameTaken(BookingError):
    """Another organisation has this name."""

    kind = "conflict"
    code = "organisation.name_taken"


class IllegalStep(BookingError):
    """An organisation in this status cannot take this step."""

    kind = "conflict"
    code = "organisation.illegal_step"


class LabNameTaken(BookingError):
    """The organisation has a lab of this name already."""

    kind = "conflict"
    code = "organisation.lab_name_taken"


class QualificationExists(BookingError):
    """The same qualification from the same day is there already."""

    kind = "conflict"
    code = "qualification.exists"


class ReasonMissing(BookingError):
    """Whoever returns or suspends says why."""

    kind = "invalid"
    code = "organisation.reason_missing"


class NotReplaceable(BookingError):
    """It is corrected already, or a correction of it waits."""

    kind = "conflict"
    code = "qualification.not_replaceable"


class QualificationDecided(BookingError):
    """Nobody waits for this decision any more."""

    kind = "conflict"
    code = "qualification.decided"


class EvidenceThere(BookingError):
    """The claim has its file already."""

    kind = "conflict"
    code = "qualification.evidence_there"


class NotWellFormed(RulesBroken):
    """What was told about an organisation breaks rules; all of them are named."""

    code = "organisation.not_well_formed"
