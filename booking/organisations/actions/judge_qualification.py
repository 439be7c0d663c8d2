"""Verify a qualification, or return it with a reason; hand in its evidence while it waits."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep
from booking.kernel.errors import NotFound
from booking.organisations.actions.add_qualification import replace
from booking.organisations.errors import EvidenceThere, QualificationDecided
from booking.organisations.events import (
    EvidenceHandedIn,
    QualificationReturned,
    QualificationVerified,
)
from booking.organisations.models import Qualification
from booking.organisations.queries import organisation_for_update
from booking.organisations.states import (
    QualificationState,
    QualificationStep,
    qualification_after,
)


def verify_qualification(
    uow: UnitOfWork, qualification_id: int, *, actor: Actor, now: datetime
) -> Qualification:
    """Say that the evidence was seen; from then on it counts, and what it corrects no more."""
    found = _locked(uow.session, qualification_id)
    actor.must(Permission.ORGANISATION_VERIFY, organisation_id=found.organisation_id)
    if found.state is QualificationState.VERIFIED:
        return found
    reached = _reached(found, QualificationStep.VERIFY)
    corrected = uow.session.get(Qualification, found.replaces_id) if found.replaces_id else None
    if corrected is not None and corrected.state is QualificationState.VERIFIED:
        replace(uow, corrected, actor=actor, now=now)
    found.state, found.verified_at, found.verified_by = reached, now, actor.known_id
    uow.session.flush()
    uow.announce(
        QualificationVerified(
            at=now,
            actor_id=actor.known_id,
            subject=f"organisation:{found.organisation_id}",
            changes={"qualification": (None, found.code)},
            organisation_id=found.organisation_id,
            qualification_id=found.key,
        )
    )
    return found


def return_qualification(
    uow: UnitOfWork, qualification_id: int, reason: str, *, actor: Actor, now: datetime
) -> Qualification:
    """Say what is wrong with it; the organisation hands in a better one."""
    found = _locked(uow.session, qualification_id)
    actor.must(Permission.ORGANISATION_VERIFY, organisation_id=found.organisation_id)
    found.state = _reached(found, QualificationStep.RETURN)
    found.returned_at, found.returned_by, found.return_reason = now, actor.known_id, reason
    uow.session.flush()
    uow.announce(
        QualificationReturned(
            at=now,
            actor_id=actor.known_id,
            subject=f"organisation:{found.organisation_id}",
            cause=reason,
            changes={"qualification": (found.code, None)},
            organisation_id=found.organisation_id,
            qualification_id=found.key,
        )
    )
    return found


def hand_in_evidence(
    uow: UnitOfWork, qualification_id: int, received: Received, *, actor: Actor, now: datetime
) -> Qualification:
    """Add the file to a claim that waits and has none; nothing is ever exchanged."""
    found = _locked(uow.session, qualification_id)
    actor.must(Permission.ORGANISATION_MANAGE, organisation_id=found.organisation_id)
    if found.state is not QualificationState.WAITING:
        raise QualificationDecided(state=found.state)
    if found.file_id is not None:
        raise EvidenceThere
    found.file_id = keep(uow, received, uploaded_by=actor.known_id, now=now).key
    uow.session.flush()
    uow.announce(
        EvidenceHandedIn(
            at=now,
            actor_id=actor.known_id,
            subject=f"organisation:{found.organisation_id}",
            changes={"evidence": (None, received.given_name)},
            organisation_id=found.organisation_id,
            qualification_id=found.key,
        )
    )
    return found


def _reached(found: Qualification, step: QualificationStep) -> QualificationState:
    reached = qualification_after(found.state, step)
    if reached is None:
        raise QualificationDecided(state=found.state)
    return reached


def _locked(session: Session, qualification_id: int) -> Qualification:
    """The row; the organisation's lock keeps everybody else off its qualifications."""
    owner = session.execute(
        sa.select(col(Qualification.organisation_id)).where(
            col(Qualification.id) == qualification_id
        )
    ).scalar_one_or_none()
    if owner is None:
        raise NotFound(qualification_id=qualification_id)
    organisation_for_update(session, owner)
    return session.get_one(Qualification, qualification_id, populate_existing=True)
