"""Write down that an organisation holds a qualification from one day to another."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep
from booking.kernel.errors import NotFound
from booking.organisations.errors import NotReplaceable, NotWellFormed, QualificationExists
from booking.organisations.events import QualificationAdded, QualificationReplaced
from booking.organisations.models import Qualification
from booking.organisations.queries import organisation_for_update
from booking.organisations.rules import term_violations
from booking.organisations.states import (
    QualificationState,
    QualificationStep,
    qualification_after,
)

_LIVE = (QualificationState.WAITING, QualificationState.VERIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the certificate says, and which earlier claim this one corrects."""

    code: str
    valid_from: date
    valid_to: date | None = None
    number: str = ""
    evidence: str = ""
    file: Received | None = None
    replaces: int | None = None


def add_qualification(
    uow: UnitOfWork, organisation_id: int, claim: Claim, *, actor: Actor, now: datetime
) -> Qualification:
    """Add it; verified at once when somebody adds it who may verify, else waiting for them."""
    actor.must(Permission.ORGANISATION_MANAGE, organisation_id=organisation_id)
    if broken := tuple(term_violations(claim.valid_from, claim.valid_to)):
        raise NotWellFormed(broken)
    organisation_for_update(uow.session, organisation_id)
    earlier = _earlier(uow.session, organisation_id, claim.replaces)
    _must_be_new(uow.session, organisation_id, claim, instead_of=earlier)
    seen = actor.may_for(Permission.ORGANISATION_VERIFY, organisation_id=organisation_id)
    if earlier is not None and (seen or earlier.state is not QualificationState.VERIFIED):
        replace(uow, earlier, actor=actor, now=now)
    file = keep(uow, claim.file, uploaded_by=actor.known_id, now=now) if claim.file else None
    qualification = Qualification(
        organisation_id=organisation_id,
        code=claim.code,
        number=claim.number,
        valid_from=claim.valid_from,
        valid_to=claim.valid_to,
        evidence=claim.evidence,
        file_id=file.key if file else None,
        state=QualificationState.VERIFIED if seen else QualificationState.WAITING,
        replaces_id=_what_it_corrects(earlier),
        verified_at=now if seen else None,
        verified_by=actor.known_id if seen else None,
    )
    uow.session.add(qualification)
    uow.session.flush()
    uow.announce(
        QualificationAdded(
            at=now,
            actor_id=actor.known_id,
            subject=f"organisation:{organisation_id}",
            on_behalf_of=actor.behalf_of(organisation_id),
            changes={
                "qualification": (None, claim.code),
                "number": (None, claim.number),
                "valid_to": (None, claim.valid_to),
            },
            organisation_id=organisation_id,
            qualification_id=qualification.key,
        )
    )
    return qualification


def replace(uow: UnitOfWork, earlier: Qualification, *, actor: Actor, now: datetime) -> None:
    """Let a correction take its place; it stays to be read and counts no more."""
    before = earlier.state
    after = qualification_after(before, QualificationStep.REPLACE)
    if after is None:
        raise NotReplaceable(state=before)
    earlier.state = after
    uow.session.flush()
    uow.announce(
        QualificationReplaced(
            at=now,
            actor_id=actor.known_id,
            subject=f"organisation:{earlier.organisation_id}",
            changes={"state": (before.value, after.value)},
            organisation_id=earlier.organisation_id,
            qualification_id=earlier.key,
        )
    )


def _earlier(
    session: Session, organisation_id: int, qualification_id: int | None
) -> Qualification | None:
    """What is to be corrected: one of the same organisation, and not corrected already."""
    if qualification_id is None:
        return None
    found = session.get(Qualification, qualification_id, populate_existing=True)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound(qualification_id=qualification_id)
    if found.state is QualificationState.REPLACED or _is_being_corrected(session, found):
        raise NotReplaceable(state=found.state)
    return found


def _is_being_corrected(session: Session, found: Qualification) -> bool:
    waiting = sa.select(col(Qualification.id)).where(
        col(Qualification.replaces_id) == found.id,
        col(Qualification.state) == QualificationState.WAITING,
    )
    return session.execute(waiting).first() is not None


def _what_it_corrects(earlier: Qualification | None) -> int | None:
    """What counted last: a claim that never did is passed over for what it was to correct."""
    if earlier is None or earlier.verified_at is not None:
        return earlier.id if earlier else None
    return earlier.replaces_id or earlier.id


def _must_be_new(
    session: Session, organisation_id: int, claim: Claim, *, instead_of: Qualification | None
) -> None:
    """Asked with the organisation locked, so that nobody adds the same meanwhile."""
    corrected = {instead_of.id, instead_of.replaces_id} if instead_of else set()
    same = sa.select(col(Qualification.id)).where(
        col(Qualification.organisation_id) == organisation_id,
        col(Qualification.code) == claim.code,
        col(Qualification.valid_from) == claim.valid_from,
        col(Qualification.state).in_(_LIVE),
    )
    if set(session.execute(same).scalars()) - corrected:
        raise QualificationExists(code=claim.code, valid_from=claim.valid_from)
