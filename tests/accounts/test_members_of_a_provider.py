"""A provider's administrator sees its labs' people, whom their managers appoint: nothing is offered
that would be refused, and no link shown that would appoint somebody."""

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient

from booking.access.actor import Grant
from booking.access.roles import COMPANY_ROLES, LAB_ROLES, Role
from booking.accounts.actions.invite import invite
from tests.factories.accounts import be, make_lab_person, make_member, open_session
from tests.factories.door import Write
from tests.factories.organisations import make_lab
from tests.support.clock import FrozenClock

GUEST = "guest@example.com"


def shown_to(client: TestClient, write: Write, clock: FrozenClock, role: Role) -> Tag:
    """The page of members, for the provider's administrator or the lab's manager."""
    with write() as uow:
        lab = make_lab(uow)
        people = {
            Role.COMPANY_ADMIN: make_member(uow, lab.organisation_id, Role.COMPANY_ADMIN),
            Role.LAB_MANAGER: make_lab_person(uow, lab.key),
        }
        grant = Grant(Role.OPERATOR, lab.organisation_id, lab.key)
        invite(uow, GUEST, grant, actor=people[Role.LAB_MANAGER], now=clock.now())
        secret = open_session(uow, people[role], now=clock.now())
    mine = be(TestClient(client.app, follow_redirects=False), secret)
    page = mine.get(f"/organisations/{lab.organisation_id}/members")
    return BeautifulSoup(page.text, "html.parser")


def offered(page: Tag) -> set[str]:
    return {str(choice["value"]) for choice in page.select("#invite [value]")} & set(Role)


def rows_with(page: Tag, text: str) -> list[Tag]:
    return [row for row in page.select("tbody tr") if text in row.get_text()]


@pytest.mark.parametrize(
    ("role", "roles"), [(Role.COMPANY_ADMIN, COMPANY_ROLES), (Role.LAB_MANAGER, LAB_ROLES)]
)
def test_only_roles_that_one_may_give_are_offered(client, write, clock, role, roles) -> None:
    assert offered(shown_to(client, write, clock, role)) == roles


@pytest.mark.parametrize(("role", "acts"), [(Role.COMPANY_ADMIN, False), (Role.LAB_MANAGER, True)])
def test_roles_in_a_lab_are_taken_away_by_its_manager(client, write, clock, role, acts) -> None:
    (row,) = rows_with(shown_to(client, write, clock, role), "仪器管理员")
    assert bool(row.select("form")) is acts


@pytest.mark.parametrize(("role", "acts"), [(Role.COMPANY_ADMIN, False), (Role.LAB_MANAGER, True)])
def test_an_invitation_opens_to_whoever_could_make_it(client, write, clock, role, acts) -> None:
    (row,) = rows_with(shown_to(client, write, clock, role), GUEST)
    assert ("/links/" in str(row)) is acts
    assert bool(row.select("form")) is acts
