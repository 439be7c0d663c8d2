"""Somebody leaves an organisation: roles, invitations and tokens end, a successor takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor, Grant
from booking.accounts.actions.end_tokens import end_tokens_of
from booking.accounts.actions.grant_role import take_role
from booking.accounts.actions.invite import end_invitation
from booking.accounts.errors import NoSuccessor, NotByToken
from booking.accounts.events import MemberLeft
from booking.accounts.models import Membership
from booking.accounts.queries.departures import (
    invitations_to_end,
    memberships_to_leave,
    roles_left,
    successors,
)
from booking.accounts.queries.people import user_for_update
from booking.accounts.rules import may_appoint
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Departure:
    """Who leaves where, and who takes over what is ahead."""

    user_id: int
    organisation_id: int
    successor_id: int | None = None


def leave(uow: UnitOfWork, departure: Departure, *, actor: Actor, now: datetime) -> None:
    """Take every role that this person may take away there, in one deed.

    Everybody may let go of their own. What is still to be handed over, the rooms that react know;
    they refuse when nobody is named for it.
    """
    if departure.user_id == actor.id and not actor.in_person:
        raise NotByToken
    for user_id in sorted({departure.user_id, departure.successor_id or departure.user_id}):
        user_for_update(uow.session, user_id)
    rows = rows_to_end(uow.session, departure, actor=actor)
    _must_be_a_colleague(uow, departure)
    for row in rows:
        take_role(uow, row, actor=actor, now=now)
    left = roles_left(uow.session, departure.user_id)
    gone = departure.organisation_id not in left
    labs = [] if gone else [row.lab_id for row in rows if row.lab_id is not None]
    for invitation in invitations_to_end(
        uow.session,
        departure.user_id,
        departure.organisation_id,
        lab_ids=None if gone else labs,
        now=now,
    ):
        end_invitation(uow, invitation, actor_id=actor.known_id, now=now)
    if not left:
        end_tokens_of(uow, departure.user_id, actor_id=actor.known_id, now=now)
    uow.announce(
        MemberLeft(
            at=now,
            actor_id=actor.known_id,
            subject=f"user:{departure.user_id}",
            on_behalf_of=actor.behalf_of(departure.organisation_id),
            user_id=departure.user_id,
            organisation_id=departure.organisation_id,
            successor_id=departure.successor_id,
            gone=gone,
            roles=tuple(row.role.value for row in rows),
        )
    )


def rows_to_end(session: Session, departure: Departure, *, actor: Actor) -> Sequence[Membership]:
    """The roles there that end; NotFound when there are none that this person may take."""
    held = memberships_to_leave(session, departure.user_id, departure.organisation_id)
    rows = [
        row
        for row in held
        if departure.user_id == actor.id
        or may_appoint(actor, Grant(row.role, row.organisation_id, row.lab_id))
    ]
    if not rows:
        raise NotFound(user_id=departure.user_id)
    return rows


def _must_be_a_colleague(uow: UnitOfWork, departure: Departure) -> None:
    if departure.successor_id is None:
        return
    known = successors(uow.session, departure.organisation_id, but_not=departure.user_id)
    if departure.successor_id not in {reader.id for reader in known}:
        raise NoSuccessor
