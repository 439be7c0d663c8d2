"""Every route, asked by every role and by a visitor, answers as `doors.csv` says."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from booking.access.actor import Grant
from booking.access.roles import CENTRE_ROLES, COMPANY_ROLES, Role
from booking.app import create_app
from booking.db.transactions import UnitOfWork
from booking.settings import Settings
from tests.access.doors import (
    ASKED,
    PASSES,
    REFUSED,
    VISITOR,
    Route,
    inventory,
    table,
)
from tests.factories.accounts import be, make_actor, open_session
from tests.factories.organisations import make_lab, make_organisation
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
# Asked last: it ends the session it is asked with.
ENDS_THE_SESSION = "/sign-out"


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(database_url="sqlite://", secret_key="only-for-tests"))


def test_every_route_has_a_row(app: FastAPI) -> None:
    missing = inventory(app).keys() - table().keys()
    assert not missing, "python -m tests.access.doors prints the rows"


def test_every_row_has_a_route(app: FastAPI) -> None:
    assert table().keys() - inventory(app).keys() == set()


def test_every_row_names_the_door_in_the_code(app: FastAPI) -> None:
    doors = inventory(app)
    told = {route: row["door"] for route, row in table().items() if route in doors}
    assert told == {route: door for route, door in doors.items() if route in told}


def test_a_visitor_passes_public_doors_only() -> None:
    passed = {row["door"] for row in table().values() if row[VISITOR] == PASSES}
    assert passed <= {"public"}


def test_the_auditor_changes_nothing() -> None:
    """Beyond one's own account, and what anybody may ask without leaving a trace."""
    harmless = {"signed in", "arriving", "public"}
    changes = [
        route
        for route, row in table().items()
        if route.method != "GET" and row[Role.AUDITOR] == PASSES and row["door"] not in harmless
    ]
    assert changes == []


@pytest.mark.slow
def test_every_route_answers_every_role_as_the_table_says(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    assert isinstance(client.app, FastAPI)
    routes = sorted(inventory(client.app), key=lambda r: (r.path == ENDS_THE_SESSION, r))
    expected, deviations = table(), []
    for who, asking in everybody(client, write, clock):
        for route in routes:
            got = passage(asking.request(route.method, route.address))
            if route in expected and got != expected[route][who]:
                deviations.append(f"{who}: {route.method} {route.path}: {got}")
    assert deviations == []


def everybody(
    client: TestClient, write: Write, clock: FrozenClock
) -> Iterator[tuple[str, TestClient]]:
    """A visitor, then somebody in each role, each with a browser of their own."""

    def browser() -> TestClient:
        return TestClient(client.app, raise_server_exceptions=False, follow_redirects=False)

    yield VISITOR, browser()
    with write() as uow:
        company, lab = make_organisation(uow).key, make_lab(uow)
        secrets = {
            role: open_session(
                uow, make_actor(uow, _grant(role, company, lab.key)), now=clock.now()
            )
            for role in Role
        }
    for role, secret in secrets.items():
        yield role.value, be(browser(), secret)


def _grant(role: Role, company: int, lab_id: int) -> Grant:
    if role in CENTRE_ROLES:
        return Grant(role)
    if role in COMPANY_ROLES:
        return Grant(role, organisation_id=company)
    return Grant(role, lab_id=lab_id)


def passage(answer: Response) -> str:
    """What an answer says about the door; a failure of ours is no answer."""
    if answer.status_code >= 500:
        return f"failure {answer.status_code}"
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in?next=")
    if answer.status_code == 401 or to_sign_in:
        return ASKED
    return REFUSED if answer.status_code == 403 else PASSES


def test_the_numbers_in_an_address_belong_to_nobody() -> None:
    route = Route("/instruments/{instrument_id}/holds/{number}.ics", "GET")
    assert route.address == "/instruments/999999999/holds/999999999.ics"
