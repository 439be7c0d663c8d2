"""What an organisation can be, and its life: pending ⇄ returned, pending → verified ⇄ suspended.

A qualification waits until it is verified or returned; a correction replaces it.
"""

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


class QualificationState(StrEnum):
    """Only a verified one counts; nothing is edited, a correction replaces."""

    WAITING = "waiting"
    VERIFIED = "verified"
    RETURNED = "returned"
    REPLACED = "replaced"


class QualificationStep(StrEnum):
    VERIFY = "verify"
    RETURN = "return"
    REPLACE = "replace"


QUALIFICATION_TRANSITIONS: dict[
    tuple[QualificationState, QualificationStep], QualificationState
] = {
    (QualificationState.WAITING, QualificationStep.VERIFY): QualificationState.VERIFIED,
    (QualificationState.WAITING, QualificationStep.RETURN): QualificationState.RETURNED,
    (QualificationState.WAITING, QualificationStep.REPLACE): QualificationState.REPLACED,
    (QualificationState.RETURNED, QualificationStep.REPLACE): QualificationState.REPLACED,
    (QualificationState.VERIFIED, QualificationStep.REPLACE): QualificationState.REPLACED,
}


def qualification_after(
    state: QualificationState, step: QualificationStep
) -> QualificationState | None:
    """Where a step leads, or nothing when it is not allowed from here."""
    return QUALIFICATION_TRANSITIONS.get((state, step))
