"""Write down that an organisation holds a qualification from one day to another."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.organisations.errors import NotWellFormed, QualificationExists
from booking.organisations.events import QualificationAdded
from booking.organisations.models import Qualification
from booking.organisations.queries import organisation_for_update
from booking.organisations.rules import term_violations


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the certificate says."""

    code: str
    valid_from: date
    valid_to: date | None = None
    number: str = ""
    evidence: str = ""


def add_qualification(
    uow: UnitOfWork, organisation_id: int, claim: Claim, *, actor: Actor, now: datetime
) -> Qualification:
    """Add it; verified at once when somebody adds it who may verify, else waiting for them."""
    actor.must(Permission.ORGANISATION_MANAGE, organisation_id=organisation_id)
    if broken := tuple(term_violations(claim.valid_from, claim.valid_to)):
        raise NotWellFormed(broken)
    organisation_for_update(uow.session, organisation_id)
    seen = actor.may_for(Permission.ORGANISATION_VERIFY, organisation_id=organisation_id)
    row = Qualification(
        **asdict(claim),
        organisation_id=organisation_id,
        verified_at=now if seen else None,
        verified_by=actor.known_id if seen else None,
    )
    made = insert_unless_exists(uow.session, Qualification, [row.model_dump(exclude={"id"})])
    if not made:
        raise QualificationExists(code=claim.code, valid_from=claim.valid_from)
    qualification = uow.session.get_one(Qualification, made[0])
    uow.announce(
        QualificationAdded(
            at=now,
            actor_id=actor.known_id,
            subject=f"organisation:{organisation_id}",
            on_behalf_of=actor.behalf_of(organisation_id),
            changes={"qualification": (None, claim.code)},
            organisation_id=organisation_id,
            qualification_id=qualification.key,
        )
    )
    return qualification
