"""Adding people without a letter: new ones at once, those who have an account by asking them."""

from bs4 import BeautifulSoup

from booking.access.actor import Grant
from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.accounts.queries.people import members_of
from tests.factories.accounts import bearer, make_member, make_user
from tests.factories.door import Write

GUEST = "guest@example.com"


def roles_in(write: Write, company: int) -> set[Role]:
    with write() as uow:
        return {m.role for m in members_of(uow.session, company) if m.email == GUEST}


def test_a_new_person_gets_an_account_and_the_role(manager, company, write) -> None:
    told = {"email": GUEST, "name": "乙", "role": "company_member"}
    assert manager.post(f"/organisations/{company}/members", data=told).status_code == 303
    assert roles_in(write, company) == {Role.COMPANY_MEMBER}


def test_a_program_makes_no_account_whose_password_it_would_know(
    client, company, write, clock
) -> None:
    with write() as uow:
        admin = make_member(uow, company, Role.COMPANY_ADMIN)
        key = bearer(uow, admin, now=clock.now(), scopes=[Permission.PEOPLE_MANAGE])
    told = {"email": GUEST, "name": "乙", "role": "company_admin", "password": "three-quiet-lamps"}
    answer = client.post(f"/organisations/{company}/members", data=told, headers=key)
    assert answer.status_code == 403
    assert roles_in(write, company) == set()


def test_somebody_from_elsewhere_is_not_brought_in_unasked(manager, company, post, write) -> None:
    with write() as uow:
        make_user(uow, email=GUEST, name="别处的实验员")
    told = {"email": GUEST, "name": "乙", "role": "company_member"}
    assert manager.post(f"/organisations/{company}/members", data=told).status_code == 303
    assert roles_in(write, company) == set()
    assert "别处的实验员" not in manager.get(f"/organisations/{company}/members").text
    assert post.link(to=GUEST).startswith("/links/invitation/")


def test_somebody_who_is_there_already_gets_a_further_role_at_once(manager, company, write) -> None:
    with write() as uow:
        make_user(uow, Grant(Role.COMPANY_MEMBER, company), email=GUEST)
    told = {"email": GUEST, "name": "乙", "role": "company_admin"}
    assert manager.post(f"/organisations/{company}/members", data=told).status_code == 303
    assert roles_in(write, company) == {Role.COMPANY_MEMBER, Role.COMPANY_ADMIN}


def test_nobody_comes_to_appoint_others_by_oversight(manager, company) -> None:
    for sent in ({}, {"guest": "no address", "guest_role": ""}):
        shown = manager.post(f"/organisations/{company}/invitations", data=sent)
        page = BeautifulSoup(shown.text, "html.parser")
        starts = [page.select(f"#{name} option")[0]["value"] for name in ("role", "guest_role")]
        assert starts == [Role.COMPANY_MEMBER, Role.COMPANY_MEMBER]
