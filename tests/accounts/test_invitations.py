"""Inviting people: by letter or by hand, once, and never further than the inviter reaches."""

from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select
from starlette.testclient import TestClient

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.accounts.actions.grant_role import revoke_role
from booking.accounts.actions.invite import accept, invite
from booking.accounts.errors import LinkSpent, TooManyInvitations
from booking.accounts.models import Invitation, User
from booking.accounts.queries.people import members_of, roles_of, user_by_email, user_for_update
from booking.accounts.rules import INVITATION_LIFE, MOST_INVITATIONS
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden
from tests.factories.accounts import PASSWORD as MADE_WITH
from tests.factories.accounts import (
    be,
    make_actor,
    make_lab_person,
    make_member,
    make_staff,
    make_user,
    open_session,
    shut,
)
from tests.factories.door import Write
from tests.factories.organisations import make_lab, make_organisation
from tests.support.clock import moment
from tests.support.crowd import all_at_once

GUEST = "guest@example.com"
PASSWORD = "three-quiet-microscopes"
NOW = moment("2026-11-23T09:00")


def ask(manager: TestClient, company: int, role: Role = Role.COMPANY_MEMBER) -> int:
    told = {"guest": GUEST, "guest_role": role.value}
    return manager.post(f"/organisations/{company}/invitations", data=told).status_code


def join(client: TestClient, name: str = "实验员乙") -> int:
    told = {"name": name, "new_password": PASSWORD}
    return client.post("/invitation/account", data=told).status_code


def roles_in(write: Write, company: int, email: str = GUEST) -> list[Role]:
    with write() as uow:
        return [m.role for m in members_of(uow.session, company) if m.email == email]


def confirmed(uow: UnitOfWork) -> datetime | None:
    return uow.session.exec(select(User.email_confirmed_at).where(User.email == GUEST)).one()


def handed_link(manager: TestClient, company: int) -> str:
    page = BeautifulSoup(manager.get(f"/organisations/{company}/members").text, "html.parser")
    field = page.select_one("#invitations input[readonly]")
    assert field is not None
    return str(field["value"]).partition("testserver")[2]


def test_a_guest_makes_an_account_by_the_letter_and_holds_the_role(
    client, manager, company, post, write
) -> None:
    assert ask(manager, company) == 303
    (letter,) = post.letters(to=GUEST)
    assert "企业用户" in letter.get_content()
    client.get(post.link(to=GUEST))
    shown = client.get("/invitation")
    assert GUEST in shown.text
    assert join(client) == 303
    assert roles_in(write, company) == [Role.COMPANY_MEMBER]
    signed_in = client.post("/sign-in", data={"email": GUEST, "password": PASSWORD})
    assert signed_in.status_code == 303
    with write() as uow:
        assert confirmed(uow) is not None


def test_a_link_handed_over_works_too_and_confirms_no_address(
    client, manager, company, write
) -> None:
    ask(manager, company)
    client.get(handed_link(manager, company))
    assert join(client) == 303
    assert roles_in(write, company) == [Role.COMPANY_MEMBER]
    with write() as uow:
        assert confirmed(uow) is None


def test_somebody_with_an_account_signs_in_and_accepts(
    client, manager, company, post, write, clock
) -> None:
    with write() as uow:
        guest = make_user(uow, email=GUEST)
        secret = open_session(uow, guest, now=clock.now())
    ask(manager, company)
    client.get(post.link(to=GUEST))
    assert "/sign-in?next=%2Finvitation" in client.get("/invitation").text
    assert join(client) == 409  # no second account for the address
    assert be(client, secret).post("/invitation").status_code == 303
    assert roles_in(write, company) == [Role.COMPANY_MEMBER]


@pytest.mark.parametrize("by_letter", [True, False])
def test_whoever_made_the_account_gets_no_role_with_it(
    client, manager, company, post, write, clock, by_letter: bool
) -> None:
    with write() as uow:
        guest = make_user(uow, email=GUEST)
        secret = open_session(uow, guest, now=clock.now())
    ask(manager, company)
    client.get(post.link(to=GUEST) if by_letter else handed_link(manager, company))
    assert ("由他人代为创建" in be(client, secret).get("/invitation").text) is by_letter
    leads_to = client.post("/invitation").headers["location"]
    assert leads_to == ("/password/forgotten" if by_letter else "/account")
    known = {"email": GUEST, "password": MADE_WITH}
    opens = client.post("/sign-in", data=known).status_code == 303
    assert opens is not by_letter


def test_an_account_that_is_ones_own_keeps_its_password(
    client, manager, company, post, write, clock
) -> None:
    with write() as uow:
        guest = make_user(uow, email=GUEST)
        user_for_update(uow.session, guest.key).email_confirmed_at = clock.now()
        secret = open_session(uow, guest, now=clock.now())
    ask(manager, company)
    client.get(post.link(to=GUEST))
    assert be(client, secret).post("/invitation").headers["location"] == "/account"
    known = {"email": GUEST, "password": MADE_WITH}
    assert client.post("/sign-in", data=known).status_code == 303


def test_somebody_else_who_is_signed_in_cannot_take_it(
    client, manager, company, post, write, clock
) -> None:
    with write() as uow:
        stranger = make_user(uow, email="stranger@example.com")
        secret = open_session(uow, stranger, now=clock.now())
    ask(manager, company)
    client.get(post.link(to=GUEST))
    assert be(client, secret).post("/invitation").status_code == 409
    assert roles_in(write, company, "stranger@example.com") == []


def test_an_invitation_serves_once(client, manager, company, post, write) -> None:
    ask(manager, company)
    link = post.link(to=GUEST)
    client.get(link)
    join(client)
    client.get(link)
    assert client.get("/invitation").status_code == 409


def test_taken_back_it_opens_nothing(client, manager, company, post, write) -> None:
    ask(manager, company)
    client.get(post.link(to=GUEST))
    with write() as uow:
        waiting = uow.session.exec(select(Invitation)).one().key
    assert manager.post(f"/invitations/{waiting}/withdrawal").status_code == 303
    assert client.get("/invitation").status_code == 409
    assert join(client) == 409
    assert roles_in(write, company) == []


def test_it_ends_after_a_week(client, manager, company, post, clock) -> None:
    ask(manager, company)
    client.get(post.link(to=GUEST))
    clock.advance(seconds=INVITATION_LIFE.total_seconds())
    assert client.get("/invitation").status_code == 409
    assert join(client) == 409


def test_a_later_invitation_to_the_same_ends_the_earlier(client, manager, company, post) -> None:
    ask(manager, company)
    first = post.link(to=GUEST)
    ask(manager, company)
    client.get(first)
    assert client.get("/invitation").status_code == 409
    client.get(post.link(to=GUEST))
    assert client.get("/invitation").status_code == 200


def test_a_role_that_the_inviter_may_not_give_any_more_is_not_given(
    client, manager, admin, company, post, write, clock
) -> None:
    ask(manager, company)
    client.get(post.link(to=GUEST))
    with write() as uow:
        make_member(uow, company, Role.COMPANY_ADMIN)
        (held,) = roles_of(uow.session, [admin.id])
        revoke_role(uow, held.membership_id, actor=make_staff(uow), now=clock.now())
    assert join(client) == 409
    assert roles_in(write, company) == []
    with write() as uow:
        assert user_by_email(uow.session, GUEST) is None


def test_a_closed_inviter_gives_nothing(client, manager, admin, company, post, write) -> None:
    ask(manager, company)
    client.get(post.link(to=GUEST))
    with write() as uow:
        shut(uow, admin.id)
    assert join(client) == 409


@pytest.mark.parametrize(
    "grant",
    [Grant(Role.CENTRE_ADMIN), Grant(Role.FINANCE), Grant(Role.COMPANY_ADMIN, 999_999)],
    ids=lambda grant: grant.role.value,
)
def test_nobody_invites_further_than_they_reach(uow, grant: Grant) -> None:
    company = make_organisation(uow).key
    admin = make_member(uow, company, Role.COMPANY_ADMIN)
    place = Grant(grant.role, make_organisation(uow).key if grant.organisation_id else None)
    with pytest.raises(Forbidden):
        invite(uow, GUEST, place, actor=admin, now=NOW)
    assert uow.session.exec(select(Invitation)).all() == []


def test_a_lab_manager_invites_to_her_lab_only(uow) -> None:
    mine, theirs = make_lab(uow), make_lab(uow)
    manager = make_lab_person(uow, mine.key)
    made = invite(uow, GUEST, Grant(Role.OPERATOR, lab_id=mine.key), actor=manager, now=NOW)
    assert (made.lab_id, made.organisation_id) == (mine.key, mine.organisation_id)
    with pytest.raises(Forbidden):
        invite(uow, GUEST, Grant(Role.OPERATOR, lab_id=theirs.key), actor=manager, now=NOW)


def test_invitations_elsewhere_are_not_seen_and_not_taken_back(
    client, manager, company, write, clock
) -> None:
    ask(manager, company)
    with write() as uow:
        other = make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN)
        waiting = uow.session.exec(select(Invitation)).one().key
        secret = open_session(uow, other, now=clock.now())
    stranger = be(client, secret)
    assert stranger.get(f"/organisations/{company}/members").status_code == 404
    assert stranger.post(f"/invitations/{waiting}/withdrawal").status_code == 404


def test_nobody_fills_mailboxes(uow) -> None:
    company = make_organisation(uow).key
    admin = make_member(uow, company, Role.COMPANY_ADMIN)
    grant = Grant(Role.COMPANY_MEMBER, company)
    for number in range(MOST_INVITATIONS):
        invite(uow, f"guest{number}@example.com", grant, actor=admin, now=NOW)
    with pytest.raises(TooManyInvitations):
        invite(uow, GUEST, grant, actor=admin, now=NOW)


def test_the_centre_invites_its_staff(client, post, write, clock) -> None:
    with write() as uow:
        secret = open_session(uow, make_staff(uow), now=clock.now())
    centre = be(TestClient(client.app, follow_redirects=False), secret)
    told = {"guest": GUEST, "guest_role": "finance"}
    assert centre.post("/people/invitations", data=told).status_code == 303
    assert GUEST in centre.get("/people").text
    client.get(post.link(to=GUEST))
    assert join(client) == 303
    with write() as uow:
        guest = uow.session.exec(select(User).where(User.email == GUEST)).one()
        assert [row.role for row in roles_of(uow.session, [guest.key])] == [Role.FINANCE]


def test_a_malformed_address_keeps_the_form(manager, company) -> None:
    told = {"guest": "no address", "guest_role": "company_member"}
    refused = manager.post(f"/organisations/{company}/invitations", data=told)
    assert refused.status_code == 422
    assert 'value="no address"' in refused.text


def test_of_two_who_accept_at_once_one_is_admitted(engine, write, company, admin) -> None:
    with write() as uow:
        guest = make_actor(uow)
        user_for_update(uow.session, guest.id).email = GUEST
    guest = Actor(guest.id, guest.name, GUEST)
    with write() as uow:
        key = invite(uow, GUEST, Grant(Role.COMPANY_MEMBER, company), actor=admin, now=NOW).key

    def take() -> bool:
        with write() as uow:
            try:
                accept(uow, key, actor=guest, now=NOW)
            except LinkSpent:
                return False
            return True

    assert sorted(all_at_once([take] * 4)) == [False, False, False, True]
    assert roles_in(write, company) == [Role.COMPANY_MEMBER]
