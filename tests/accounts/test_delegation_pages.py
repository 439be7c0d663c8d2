"""Standing in, over HTTP: asked for on one's own page, seen on both pages, ended there."""

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.accounts.models import Delegation
from booking.accounts.queries.people import roles_of
from tests.factories.accounts import be, make_member, open_session
from tests.factories.door import Write
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock

People = tuple[Actor, Actor]


@pytest.fixture
def people(write: Write) -> People:
    """The administrator of a company, and a colleague."""
    with write() as uow:
        company = make_organisation(uow).key
        return make_member(uow, company, Role.COMPANY_ADMIN), make_member(uow, company)


def browser(client: TestClient, write: Write, who: Actor, clock: FrozenClock) -> TestClient:
    with write() as uow:
        secret = open_session(uow, who, now=clock.now())
    return be(TestClient(client.app, follow_redirects=False), secret)


def ask(mine: TestClient, write: Write, people: People, **changes: str) -> int:
    admin, colleague = people
    with write() as uow:
        (held,) = roles_of(uow.session, [admin.id])
    told = {
        "membership": str(held.membership_id),
        "delegate": colleague.email,
        "first": "2026-11-23",
        "last": "2026-11-29",
        "delegation_reason": "年假",
    }
    return mine.post("/account/delegations", data={**told, **changes}).status_code


def shown(mine: TestClient, path: str) -> str:
    part = BeautifulSoup(mine.get(path).text, "html.parser").select_one("#delegations table")
    return part.get_text(" ", strip=True) if part else ""


def test_both_see_it_and_either_ends_it(client, write, clock, people) -> None:
    mine, theirs = (browser(client, write, who, clock) for who in people)
    assert ask(mine, write, people) == 303
    company = people[0].grants[0].organisation_id
    pages = [(mine, "/account"), (theirs, "/account"), (mine, f"/organisations/{company}/members")]
    assert all("年假" in shown(one, path) for one, path in pages)
    assert "organisation:manage" in theirs.get("/api/v1/me").json()["permissions"]
    with write() as uow:
        number = uow.session.exec(select(Delegation.id)).one()
    assert theirs.post(f"/delegations/{number}/revocation").status_code == 303
    assert not any(shown(one, path) for one, path in pages)
    assert "organisation:manage" not in theirs.get("/api/v1/me").json()["permissions"]


def test_what_was_typed_stays_when_it_is_refused(client, write, clock, people) -> None:
    mine = browser(client, write, people[0], clock)
    assert ask(mine, write, people, last="2027-06-30") == 422
    assert ask(mine, write, people, delegate="nobody@example.com") == 422


def test_standing_in_manages_no_people(client, write, clock, people) -> None:
    mine, theirs = (browser(client, write, who, clock) for who in people)
    ask(mine, write, people)
    company = people[0].grants[0].organisation_id
    assert theirs.get(f"/organisations/{company}/members").status_code == 403
