"""What an organisation can be, and its life on the platform: pending → verified ⇄ suspended."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    UNIVERSITY = "university"
    INSTITUTE = "institute"
    ENTERPRISE = "enterprise"
    STARTUP_TEAM = "startup_team"


class OrganisationState(StrEnum):
    PENDING = "pending"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class OrganisationStep(StrEnum):
    VERIFY = "verify"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


TRANSITIONS: dict[tuple[OrganisationState, OrganisationStep], OrganisationState] = {
    (OrganisationState.PENDING, OrganisationStep.VERIFY): OrganisationState.VERIFIED,
    (OrganisationState.VERIFIED, OrganisationStep.SUSPEND): OrganisationState.SUSPENDED,
    (OrganisationState.SUSPENDED, OrganisationStep.REINSTATE): OrganisationState.VERIFIED,
}


def after(state: OrganisationState, step: OrganisationStep) -> OrganisationState | None:
    """Where a step leads, or nothing when it is not allowed from here."""
    return TRANSITIONS.get((state, step))


def steps_from(state: OrganisationState) -> tuple[OrganisationStep, ...]:
    """The steps that lead somewhere from here."""
    return tuple(step for known, step in TRANSITIONS if known is state)
