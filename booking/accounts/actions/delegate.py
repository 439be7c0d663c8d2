"""Let a colleague exercise one's role while one is away; end that before its day."""

from dataclasses import dataclass
from datetime import date, datetime

from booking.access.actor import Actor
from booking.accounts.actions.end_delegations import end_delegation, grant_of, spelt
from booking.accounts.errors import DelegationOverlaps, NoColleague, NotByToken, NotWellFormed
from booking.accounts.events import RoleDelegated
from booking.accounts.models import Delegation, Membership
from booking.accounts.queries.delegations import colleagues, delegation_to_end, overlapping
from booking.accounts.queries.people import membership, user_for_update
from booking.accounts.rules import (
    delegation_span,
    delegation_violations,
    folded_email,
    may_appoint,
)
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Which role, who exercises it, from the first day to the last, and why."""

    membership_id: int
    email: str
    first: date
    last: date
    reason: str


def delegate(uow: UnitOfWork, absence: Absence, *, actor: Actor, now: datetime) -> Delegation:
    """Only what one holds oneself: a role exercised in somebody's place goes no further."""
    if not actor.in_person:
        raise NotByToken
    today = local(now).date()
    if broken := tuple(delegation_violations(absence.first, absence.last, today=today)):
        raise NotWellFormed(broken)
    # Asked again with both locked: meanwhile nothing overlaps, and neither loses what they need.
    for user_id in sorted((actor.id, _held_and_to(uow, absence, actor)[1])):
        user_for_update(uow.session, user_id)
    held, delegate_id = _held_and_to(uow, absence, actor)
    span = delegation_span(absence.first, absence.last)
    made = Delegation(
        delegator_id=actor.id,
        delegate_id=delegate_id,
        role=held.role,
        organisation_id=held.organisation_id,
        lab_id=held.lab_id,
        starts_at=span.start,
        ends_at=span.end,
        reason=absence.reason,
        created_at=now,
    )
    if overlapping(uow.session, made):
        raise DelegationOverlaps
    uow.session.add(made)
    uow.session.flush()
    uow.announce(
        RoleDelegated(
            at=now,
            actor_id=actor.id,
            subject=f"user:{delegate_id}",
            cause=absence.reason,
            changes={
                "role": (None, spelt(grant_of(made))),
                "starts_at": (None, span.start),
                "ends_at": (None, span.end),
            },
            delegation_id=made.key,
            delegator_id=actor.id,
            delegate_id=delegate_id,
            role=held.role.value,
            first=absence.first,
            last=absence.last,
        )
    )
    return made


def revoke_delegation(
    uow: UnitOfWork, delegation_id: int, *, actor: Actor, now: datetime
) -> Delegation:
    """By either of the two, or by whoever could take the role itself."""
    if not actor.in_person:
        raise NotByToken
    found = delegation_to_end(uow.session, delegation_id, now)
    theirs = actor.id in {found.delegator_id, found.delegate_id}
    if not theirs and not may_appoint(actor, grant_of(found)):
        raise NotFound(delegation_id=delegation_id)
    end_delegation(uow, found, actor_id=actor.id, now=now)
    return found


def _held_and_to(uow: UnitOfWork, absence: Absence, actor: Actor) -> tuple[Membership, int]:
    """One's own role, and the colleague who is to exercise it."""
    held = membership(uow.session, absence.membership_id)
    if held.user_id != actor.id:
        raise NotFound(membership_id=absence.membership_id)
    known = colleagues(uow.session, held.organisation_id, but_not=actor.id)
    wanted = folded_email(absence.email)
    delegate_id = next((reader.id for reader in known if reader.email == wanted), None)
    if delegate_id is None:
        raise NoColleague
    return held, delegate_id
