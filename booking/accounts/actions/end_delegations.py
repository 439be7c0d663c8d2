"""Take a role back that a colleague exercises in its holder's place."""

from datetime import datetime

from booking.access.actor import Grant
from booking.accounts.events import DelegationEnded
from booking.accounts.models import Delegation, Membership
from booking.accounts.queries.delegations import resting_on
from booking.db.transactions import UnitOfWork


def end_delegation(
    uow: UnitOfWork, found: Delegation, *, actor_id: int | None, now: datetime
) -> None:
    """From the next request on it gives nothing."""
    found.revoked_at = now
    uow.session.flush()
    uow.announce(
        DelegationEnded(
            at=now,
            actor_id=actor_id,
            subject=f"user:{found.delegate_id}",
            on_behalf_of="" if actor_id == found.delegator_id else f"user:{found.delegator_id}",
            changes={"role": (spelt(grant_of(found)), None)},
            delegation_id=found.key,
        )
    )


def end_delegations_resting_on(
    uow: UnitOfWork, former: Membership, *, actor_id: int | None, now: datetime
) -> None:
    """Whatever a role that was taken carried: lent by its holder, or exercised as a colleague."""
    for found in resting_on(uow.session, former, now):
        end_delegation(uow, found, actor_id=actor_id, now=now)


def grant_of(delegation: Delegation) -> Grant:
    """The role, where it counts."""
    return Grant(delegation.role, delegation.organisation_id, delegation.lab_id)


def spelt(grant: Grant) -> str:
    """A role and its place, for entries."""
    places = (("organisation", grant.organisation_id), ("lab", grant.lab_id))
    return " ".join([grant.role.value, *(f"{name}:{key}" for name, key in places if key)])
