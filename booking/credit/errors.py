"""Why something about credit was refused."""

from booking.kernel.errors import BookingError, RulesBroken


class AppealedAlready(BookingError):
    """Nobody appeals twice against one entry."""

    kind = "conflict"
    code = "credit.appealed_already"


class EntryNotAppealable(BookingError):
    """It has lapsed, takes nothing away, or only annuls another."""

    kind = "conflict"
    code = "credit.not_appealable"


class AppealDecided(BookingError):
    """The centre has decided already."""

    kind = "conflict"
    code = "credit.appeal_decided"


class RulesBackdated(BookingError):
    """Rules hold from now on, or from a later day."""

    code = "credit.rules_backdated"


class RulesContradict(RulesBroken):
    """Rules that cannot be meant."""

    code = "credit.rules_contradict"
