"""Verify, suspend and reinstate an organisation."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.organisations.errors import IllegalStep, ReasonMissing
from booking.organisations.events import (
    OrganisationReinstated,
    OrganisationResubmitted,
    OrganisationReturned,
    OrganisationSuspended,
    OrganisationVerified,
)
from booking.organisations.models import Organisation
from booking.organisations.queries import organisation_for_update
from booking.organisations.states import OrganisationStep, after

_FACTS = {
    OrganisationStep.VERIFY: OrganisationVerified,
    OrganisationStep.RETURN: OrganisationReturned,
    OrganisationStep.RESUBMIT: OrganisationResubmitted,
    OrganisationStep.SUSPEND: OrganisationSuspended,
    OrganisationStep.REINSTATE: OrganisationReinstated,
}
_WITH_REASON = frozenset({OrganisationStep.RETURN, OrganisationStep.SUSPEND})


def take_step(
    uow: UnitOfWork,
    organisation_id: int,
    step: OrganisationStep,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> Organisation:
    """Move an organisation on in its life; what the table does not know is refused."""
    actor.must(permission_for(step), organisation_id=organisation_id)
    organisation = organisation_for_update(uow.session, organisation_id)
    before = organisation.state
    reached = after(before, step)
    if reached is None:
        raise IllegalStep(state=before, step=step)
    if step in _WITH_REASON and not reason.strip():
        raise ReasonMissing(step=step)
    organisation.state, organisation.state_reason = reached, reason
    uow.session.flush()
    uow.announce(
        _FACTS[step](
            at=now,
            actor_id=actor.known_id,
            subject=f"organisation:{organisation_id}",
            cause=reason,
            changes={"state": (before.value, reached.value)},
            organisation_id=organisation_id,
        )
    )
    return organisation


def permission_for(step: OrganisationStep) -> Permission:
    """Handing in again is the organisation's own; all else the centre decides."""
    own = step is OrganisationStep.RESUBMIT
    return Permission.ORGANISATION_MANAGE if own else Permission.ORGANISATION_VERIFY
