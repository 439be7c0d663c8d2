"""Hand in a business licence, or a better one."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep
from booking.organisations.events import LicenceHandedIn
from booking.organisations.queries import organisation_for_update


def hand_in_licence(
    uow: UnitOfWork, organisation_id: int, received: Received, *, actor: Actor, now: datetime
) -> None:
    """The former one is removed when nothing refers to it any more."""
    actor.must(Permission.ORGANISATION_MANAGE, organisation_id=organisation_id)
    organisation = organisation_for_update(uow.session, organisation_id)
    kept = keep(uow, received, uploaded_by=actor.known_id, now=now)
    before, organisation.licence_id = organisation.licence_id, kept.key
    uow.session.flush()
    uow.announce(
        LicenceHandedIn(
            at=now,
            actor_id=actor.known_id,
            subject=f"organisation:{organisation_id}",
            # What was handed in, by its content: the file itself may be removed one day.
            changes={"licence": (before and "…", received.sha256)},
            organisation_id=organisation_id,
        )
    )
