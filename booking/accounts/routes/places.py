"""What the pages of members and of staff show to those who manage people there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from booking.access.actor import Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import CENTRE_ROLES, COMPANY_ROLES, LAB_ROLES, Role
from booking.accounts.identity import settings_of
from booking.accounts.queries.delegations import DelegationRow, delegations_in
from booking.accounts.queries.invitations import InvitationRow, open_invitations
from booking.accounts.queries.people import MemberRow, members_of
from booking.accounts.queries.sign_ins import MemberTokenRow, tokens_of_members
from booking.accounts.rules import ANONYMISED_AFTER, LinkPurpose, may_appoint
from booking.kernel.errors import NotFound
from booking.organisations.queries import (
    LabSummary,
    OrganisationSummary,
    labs_of,
    organisation_seen_by,
)
from booking.web.forms import blank
from booking.web.rendering import Page
from booking.web.signed import signed_link

# An offer, and the link to it; none for whoever sees it and could not have made it.
Offer = tuple[InvitationRow, str]

_APPOINTING = frozenset({Role.CENTRE_ADMIN, Role.COMPANY_ADMIN, Role.LAB_MANAGER})


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation as those see it who manage people in it."""

    organisation: OrganisationSummary
    members: Sequence[tuple[MemberRow, bool]]
    offers: Sequence[Offer]
    delegations: Sequence[DelegationRow]
    labs: Sequence[LabSummary]
    roles: Sequence[Role]
    # Whoever manages the whole organisation may close them.
    tokens: Sequence[MemberTokenRow]


def place_shown(
    session: Session, page: Page, organisation_id: int, *, actor: Actor, now: datetime
) -> Place:
    """What this person manages here; NotFound where that is nothing."""
    organisation = organisation_seen_by(session, organisation_id, actor)
    whole = actor.may_for(Permission.PEOPLE_MANAGE, organisation_id=organisation_id)
    labs = [
        lab
        for lab in labs_of(session, organisation_id)
        if may_appoint(actor, Grant(Role.LAB_MANAGER, organisation_id, lab.id))
    ]
    if not whole and not labs:
        raise NotFound(organisation_id=organisation_id)
    roles = (COMPANY_ROLES if whole else frozenset()) | (LAB_ROLES if labs else frozenset())
    members = [
        (row, mine)
        for row in members_of(session, organisation_id)
        if (mine := _appoints(actor, row)) or whole
    ]
    offers = [
        (row, link if mine else "")
        for row, link in _offers(session, page, organisation_id, now=now)
        if (mine := _appoints(actor, row)) or whole
    ]
    delegations = [
        row for row in delegations_in(session, organisation_id, now) if _appoints(actor, row)
    ]
    tokens = tokens_of_members(session, organisation_id, now) if whole and actor.in_person else []
    return Place(organisation, members, offers, delegations, labs, _usual_first(roles), tokens)


def staff_shown(session: Session, page: Page, *, now: datetime) -> dict[str, Any]:
    """The parts of the page of people that do not depend on a search."""
    return {
        "people": [],
        "anonymised_after": ANONYMISED_AFTER.days,
        "next_cursor": None,
        "search": blank(),
        "form": blank(),
        "roles": _usual_first(CENTRE_ROLES),
        "offers": _offers(session, page, None, now=now),
        "delegations": delegations_in(session, None, now),
    }


def _usual_first(roles: Collection[Role]) -> Sequence[Role]:
    """A form starts from the first; nobody comes to appoint others by oversight."""
    return sorted(roles, key=lambda role: (role in _APPOINTING, role))


def _appoints(actor: Actor, row: MemberRow | InvitationRow | DelegationRow) -> bool:
    return may_appoint(actor, Grant(row.role, row.organisation_id, row.lab_id))


def _offers(
    session: Session, page: Page, organisation_id: int | None, *, now: datetime
) -> Sequence[Offer]:
    settings = settings_of(page.request)
    handed = LinkPurpose.HANDED_INVITATION.value
    return [
        (row, signed_link(settings, handed, row.id))
        for row in open_invitations(session, organisation_id, now=now)
    ]
