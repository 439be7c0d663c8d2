"""Note that two organisations are related parties, whose dealings earn no subsidy."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Violation
from booking.organisations.errors import NotWellFormed
from booking.organisations.events import OrganisationsRelated
from booking.organisations.models import RelatedParty
from booking.organisations.queries import organisation_summary


def relate(
    uow: UnitOfWork, organisation_id: int, other_id: int, *, actor: Actor, now: datetime
) -> None:
    """Relate two organisations; saying it twice, or the other way round, changes nothing."""
    actor.must(Permission.ORGANISATION_VERIFY, organisation_id=organisation_id)
    if organisation_id == other_id:
        raise NotWellFormed([Violation("organisation.related_to_itself")])
    first, second = sorted((organisation_id, other_id))
    for known in (first, second):
        organisation_summary(uow.session, known)
    pair = {"organisation_id": first, "other_id": second}
    if insert_unless_exists(uow.session, RelatedParty, [pair]):
        uow.announce(
            OrganisationsRelated(
                at=now,
                actor_id=actor.known_id,
                subject=f"organisation:{organisation_id}",
                changes={"related": (None, other_id)},
                organisation_id=organisation_id,
                other_id=other_id,
            )
        )
