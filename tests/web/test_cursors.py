"""A cursor is text from outside: one that no list gave is refused by every list."""

import base64
import json

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.ledger.actions.prepay import Payment, top_up
from booking.ledger.queries.pages import accounts
from booking.organisations.models import Lab
from tests.factories.accounts import bearer, make_staff
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.sheets import GOOD, send, sheet
from tests.support.clock import FrozenClock
from tests.web.test_moments import Write

# The key of a list that is ordered by nothing but the id: right there, wrong elsewhere.
AN_ID = "WzFd"
FORGED = [
    *("W10", AN_ID, "W251bGxd", "WyJcdWQ4MDAiXQ", "WyJcdTAwMDAiXQ"),
    *(
        base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
        for key in (
            [10**40],
            [{"at": "0001-01-01T00:00:00+14:00"}, 1],
            [{"at": "9999-12-31T23:59:59-12:00"}, 1],
            [{"at": "2026-01-01T00:00:00"}, None],
            [{"on": "2026-01-01"}],
            ["a", 1, "b"],
            [["a"]],
        )
    ),
]


def lists(app: FastAPI) -> list[str]:
    """Every address that is read in pieces."""
    return [
        context.path or ""
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, APIRoute)
        and "GET" in (route.methods or ())
        and any(
            parameter.name == "cursor"
            for inner in route.dependant.dependencies
            for parameter in inner.query_params
        )
    ]


@pytest.fixture
def somebody(write: Write) -> Actor:
    with write() as uow:
        return make_staff(uow)


@pytest.fixture
def readers(somebody: Actor, write: Write, clock: FrozenClock) -> list[dict[str, str]]:
    with write() as uow:
        staff = [somebody, make_staff(uow, Role.AUDITOR)]
        return [bearer(uow, actor, now=clock.now()) for actor in staff]


@pytest.mark.slow
@pytest.mark.parametrize("cursor", FORGED)
def test_no_list_goes_on_after_a_forged_cursor(
    client: TestClient,
    write: Write,
    readers: list[dict[str, str]],
    somebody: Actor,
    clock: FrozenClock,
    cursor: str,
) -> None:
    with write() as uow:
        instrument = make_instrument(uow)
        instrument_id, lab_id = instrument.key, instrument.lab_id
        organisation_id = make_organisation(uow).key
        import_id = send(uow, sheet(GOOD), actor=somebody, now=clock.now()).key
        company = make_organisation(uow)
        provider_id = uow.session.get_one(Lab, lab_id).organisation_id
        paid = Payment(amount_fen=100, bank_reference="B-1")
        account_id = top_up(
            uow,
            company.name,
            provider_id,
            paid=paid,
            actor=make_staff(uow, Role.FINANCE),
            now=clock.now(),
        )
        ledger_id = accounts(uow.session, Period.month_at(clock.now()).span)[0].id
    found = lists(client.app)  # type: ignore[arg-type]  # Starlette's client knows no more
    assert len(found) > 10
    named = {
        "noun": "user",
        "reference": somebody.id,
        "person_id": somebody.id,
        "instrument_id": instrument_id,
        "import_id": import_id,
        "lab_id": lab_id,
        "account_id": account_id,
        "organisation_id": organisation_id,
        "kind": "monitoring",
        "period": "2025",
    }
    for template in found:
        known = {**named, "account_id": ledger_id} if "/ledger/" in template else named
        path = template.format(**known)
        answers = [client.get(f"{path}?cursor={cursor}", headers=who) for who in readers]
        allowed = {403, 422, 200} if cursor == AN_ID else {403, 422}
        assert {answer.status_code for answer in answers} <= allowed, path
