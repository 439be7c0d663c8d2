"""What an organisation can be, and its life on the platform: pending → verified ⇄ suspended."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    UNIVERSITY = "university"
    INSTITUTE = "institute"
    ENTERPRISE = "enterprise"
    STARTUP_TEAM = "startup_team"


class OrganisationStatus(StrEnum):
    PENDING = "pending"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class OrganisationStep(StrEnum):
    VERIFY = "verify"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


TRANSITIONS: dict[tuple[OrganisationStatus, OrganisationStep], OrganisationStatus] = {
    (OrganisationStatus.PENDING, OrganisationStep.VERIFY): OrganisationStatus.VERIFIED,
    (OrganisationStatus.VERIFIED, OrganisationStep.SUSPEND): OrganisationStatus.SUSPENDED,
    (OrganisationStatus.SUSPENDED, OrganisationStep.REINSTATE): OrganisationStatus.VERIFIED,
}


def after(state: OrganisationStatus, step: OrganisationStep) -> OrganisationStatus | None:
    """Where a step leads, or nothing when it is not allowed from here."""
    return TRANSITIONS.get((state, step))
