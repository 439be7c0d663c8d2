"""What is left of the yearly caps: settled and confirmed uses are counted, others are not."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from booking.organisations.states import OrganisationKind
from booking.subsidies.queries.caps_left import caps_left
from tests.conftest import Write
from tests.factories.organisations import make_organisation
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.reservations.visiting import HTMX, Visit, soup, text_of
from tests.subsidies.requests import programme
from tests.support.clock import FrozenClock

CAPPED = programme(caps=[{"scope": "user", "amount": "1000.00"}])
DAY = date(2026, 10, 20)


def left(uow: UnitOfWork, *organisation_ids: int, day: date = DAY) -> list[tuple[int, int]]:
    found = caps_left(uow.session, organisation_ids, day)
    return [(one.taken_fen, one.left_fen) for one in found]


def test_a_confirmed_use_takes_of_the_cap_at_once(uow: UnitOfWork) -> None:
    make_programme(uow, CAPPED)
    company, other = make_company(uow), make_company(uow)
    assert left(uow, company.key) == [(0, 100_000)]
    settled_use(uow, company, "2000.00")
    assert left(uow, company.key) == [(60_000, 40_000)]
    settled_use(uow, company, "2000.00")
    assert left(uow, company.key) == [(100_000, 0)]
    assert left(uow, other.key) == [(0, 100_000)]


@pytest.mark.parametrize(
    ("terms", "active"),
    [(programme(), True), (CAPPED, False)],
    ids=["no cap", "not active"],
)
def test_without_an_active_cap_there_is_nothing_left_to_tell(
    uow: UnitOfWork, terms: dict[str, object], active: bool
) -> None:
    make_programme(uow, terms, active=active)
    assert left(uow, make_company(uow).key) == []


def test_only_companies_have_caps_and_the_first_counts(uow: UnitOfWork) -> None:
    make_programme(uow, CAPPED)
    university = make_organisation(uow, kind=OrganisationKind.UNIVERSITY)
    company, second = make_company(uow), make_company(uow)
    settled_use(uow, second, "1000.00")
    assert left(uow, university.key) == []
    assert left(uow, university.key, company.key, second.key) == [(0, 100_000)]
    assert left(uow, company.key, day=date(2027, 1, 1)) == []


def test_the_page_and_its_part_tell_it(
    write: Write, client: TestClient, clock: FrozenClock
) -> None:
    visit = Visit(write, client, clock)
    scene = visit.scene()
    with visit.write() as uow:
        make_programme(uow, CAPPED)
    visit.by(scene.member)
    assert "剩余 1,000.00 元（上限 1,000.00 元）" in text_of(client.get("/caps"))
    part = soup(client.get("/caps", headers={**HTMX, "HX-Target": "caps"}))
    # What one may apply to comes along: one request of the start page less.
    assert [one["id"] for one in part.find_all(recursive=False)] == ["caps", "open_programmes"]
