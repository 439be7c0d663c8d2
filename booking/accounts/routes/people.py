"""Members of an organisation and its labs; everybody, for the centre."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor, Grant
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.access.roles import LAB_ROLES
from booking.accounts.actions.add_member import add_member
from booking.accounts.actions.create_user import Newcomer
from booking.accounts.actions.grant_role import revoke_role
from booking.accounts.actions.make_token import revoke_token_of_member
from booking.accounts.forms import MemberForm
from booking.accounts.identity import PasswordsDep
from booking.accounts.queries.people import (
    membership_place,
    people,
    roles_of,
)
from booking.accounts.routes.places import place_shown, staff_shown
from booking.organisations.queries import organisation_seen_by
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Manager = Annotated[Actor, requires(Permission.PEOPLE_MANAGE)]

_PEOPLE, _MEMBERS = "accounts/people.html", "accounts/members.html"


@router.get("/people", name="people")
def people_page(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    actor: Manager,
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Everybody for the centre; the members of one's own organisation for everybody else."""
    if not actor.reach(Permission.PEOPLE_MANAGE).everywhere:
        mine = [g.organisation_id for g in actor.grants if g.gives(Permission.PEOPLE_MANAGE)]
        return page.redirect("members", next(place for place in mine if place is not None))
    found = people(session, words=q, after_id=window.after_id or 0, limit=window.take)
    cut = window.cut(found, key=lambda row: (row.id,))
    held = roles_of(session, [person.id for person in cut.items])
    found_here = {
        "people": [(p, [row for row in held if row.user_id == p.id]) for p in cut.items],
        "next_cursor": cut.next_cursor,
        "search": blank(q=q),
    }
    shown = staff_shown(session, page, now=clock.now())
    return page.render(_PEOPLE, guest=blank(), **(shown | found_here))


@router.post("/people", name="staff_add")
def add_staff(
    form: Annotated[Filled[MemberForm], filled_in(MemberForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    actor: Manager,
) -> Response:
    """Somebody for the staff of the centre."""
    actor.must(Permission.PEOPLE_MANAGE)
    shown = staff_shown(uow.session, page, now=clock.now())
    page.if_refused(_PEOPLE, guest=blank(), **(shown | {"form": form}))
    told = form.checked
    newcomer = Newcomer(email=told.email, name=told.name, password=told.password)
    grant = Grant(told.role)
    add_member(uow, newcomer, grant, passwords=passwords, actor=actor, now=clock.now())
    return page.redirect("people", q=told.email)


@router.get("/organisations/{organisation_id}/members", name="members")
def members_page(
    organisation_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    place = place_shown(session, page, organisation_id, actor=actor, now=clock.now())
    return page.render(_MEMBERS, form=blank(), guest=blank(), place=place)


@router.post("/organisations/{organisation_id}/members", name="member_add")
def add(
    organisation_id: int,
    form: Annotated[Filled[MemberForm], filled_in(MemberForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    actor: Manager,
) -> Response:
    place = place_shown(uow.session, page, organisation_id, actor=actor, now=clock.now())
    page.if_refused(_MEMBERS, form=form, guest=blank(), place=place)
    told = form.checked
    newcomer = Newcomer(email=told.email, name=told.name, password=told.password)
    lab_id = told.lab_id if told.role in LAB_ROLES else None
    grant = Grant(told.role, organisation_id, lab_id)
    add_member(uow, newcomer, grant, passwords=passwords, actor=actor, now=clock.now())
    return page.redirect("members", organisation_id)


@router.post("/memberships/{membership_id}/revocation", name="membership_revoke")
def revoke(
    membership_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    place = membership_place(uow.session, membership_id)
    revoke_role(uow, membership_id, actor=actor, now=clock.now())
    return page.redirect("members", place) if place else page.redirect("people")


@router.post(
    "/organisations/{organisation_id}/tokens/{token_id}/revocation", name="member_token_revoke"
)
def end_token(
    organisation_id: int,
    token_id: int,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """A member's key, closed by whoever manages the organisation's people."""
    organisation_seen_by(uow.session, organisation_id, actor)
    revoke_token_of_member(uow, organisation_id, token_id, actor=actor, now=clock.now())
    return page.redirect("members", organisation_id)
