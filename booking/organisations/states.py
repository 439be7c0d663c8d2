"""What an organisation can be, and its life: pending ⇄ returned, pending → verified ⇄ suspended."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    UNIVERSITY = "university"
    INSTITUTE = "institute"
    ENTERPRISE = "enterprise"
    STARTUP_TEAM = "startup_team"


class OrganisationState(StrEnum):
    PENDING = "pending"
    # Something in the registration is not right; its administrator corrects it and hands it in.
    RETURNED = "returned"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class OrganisationStep(StrEnum):
    VERIFY = "verify"
    RETURN = "return"
    RESUBMIT = "resubmit"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


TRANSITIONS: dict[tuple[OrganisationState, OrganisationStep], OrganisationState] = {
    (OrganisationState.PENDING, OrganisationStep.VERIFY): OrganisationState.VERIFIED,
    (OrganisationState.PENDING, OrganisationStep.RETURN): OrganisationState.RETURNED,
    (OrganisationState.RETURNED, OrganisationStep.RESUBMIT): OrganisationState.PENDING,
    (OrganisationState.VERIFIED, OrganisationStep.SUSPEND): OrganisationState.SUSPENDED,
    (OrganisationState.SUSPENDED, OrganisationStep.REINSTATE): OrganisationState.VERIFIED,
}


def after(state: OrganisationState, step: OrganisationStep) -> OrganisationState | None:
    """Where a step leads, or nothing when it is not allowed from here."""
    return TRANSITIONS.get((state, step))


def steps_from(state: OrganisationState) -> tuple[OrganisationStep, ...]:
    """The steps that lead somewhere from here."""
    return tuple(step for known, step in TRANSITIONS if known is state)
