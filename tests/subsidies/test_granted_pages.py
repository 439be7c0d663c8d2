"""From what programmes paid, and from the rate of filing, to the records that they are made of."""

from datetime import date

import pytest
from bs4 import BeautifulSoup

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.instruments.models.instrument import Instrument
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import lock
from booking.subsidies.actions.settle_period import settle_period
from tests.factories.accounts import be, make_actor, make_lab_person, make_staff, open_session
from tests.factories.instruments import make_instrument
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment
from tests.utilisation.reading import the

NOW = moment("2026-12-01T02:00")


@pytest.fixture
def settled(write, clock):
    """Three uses of two instruments and one for nothing, locked; of the instruments one is filed,
    one is late, one exempt."""
    clock.at("2026-12-01T09:00")
    with write() as uow:
        make_programme(uow, programme())
        company = make_company(uow)
        tools = [make_instrument(uow) for _ in range(3)]
        for number, amount in ((0, "1000.00"), (0, "500.00"), (1, "100.00"), (1, "0.00")):
            settled_use(uow, company, amount, instrument=tools[number])
        view = settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
        lock(uow, view.statements[0].number, actor_id=None, now=NOW)
        for tool, filed, exempt in zip(
            tools, (date(2026, 2, 1), None, None), ("", "", "涉密"), strict=True
        ):
            row = uow.session.get_one(Instrument, tool.key)
            row.filing_due, row.filed_on, row.filing_exemption = date(2026, 1, 9), filed, exempt
        people = {
            "finance": make_staff(uow, Role.FINANCE),
            "company": make_actor(uow, Grant(Role.COMPANY_ADMIN, organisation_id=company.key)),
            "keeper": make_lab_person(uow, tools[0].lab_id),
        }
        sessions = {who: open_session(uow, one, now=clock.now()) for who, one in people.items()}
        return [tool.key for tool in tools], view.statements[0].number, sessions


def page_of(client, path: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def ways(page: BeautifulSoup, to: str) -> dict[str, str]:
    """What the cells that lead there say, and where they lead."""
    return {str(one["href"]): one.get_text() for one in page.select(f"a[href*='{to}']")}


def test_every_sum_of_subsidies_leads_to_its_lines(settled, client):
    _, number, sessions = settled
    be(client, sessions["finance"])
    for by in ("instrument", "lab", "organisation", "district", "class", "zone"):
        report = page_of(client, f"/utilisation?period=2026-10&by={by}")
        found = ways(report, "/utilisation/subsidies")
        assert "480.00" in found.values(), by
        for address, said in found.items():
            lines = page_of(client, address)
            told = lines.select_one("#total")
            assert (told.get_text() if told else "0.00") == said, (by, address)
            of_statement = lines.select(f"a[href$='/statements/{number}']")
            assert len(of_statement) == {"480.00": 3, "450.00": 2, "30.00": 1, "0.00": 0}[said]


def test_lines_come_in_pieces(settled, client):
    _, _, sessions = settled
    be(client, sessions["finance"])
    path, seen = "/utilisation/subsidies?period=2026-10&limit=2", []
    page = page_of(client, path)
    seen += [one.get_text() for one in page.select("tbody .ref")]
    (further,) = ways(page, "cursor=")
    seen += [one.get_text() for one in page_of(client, further).select("tbody .ref")]
    assert len(seen) == len(set(seen)) == 3


def test_lines_are_for_those_who_read_every_statement(settled, client):
    _, _, sessions = settled
    for who in ("company", "keeper"):
        be(client, sessions[who])
        page_of(client, "/utilisation/subsidies?period=2026-10", 403)
    report = page_of(client, "/utilisation?period=2026-10&by=instrument")
    assert not ways(report, "/utilisation/subsidies")


def test_the_rate_of_filing_leads_to_what_is_due_and_filed(settled, client):
    (filed, late, exempt), _, sessions = settled
    be(client, sessions["finance"])
    report = page_of(client, "/utilisation?period=2026-10&by=zone")
    (address,) = [one for one, said in ways(report, "/utilisation/filing").items()][:1]
    page = page_of(client, address)
    assert the(page, "#total").get_text() == "应填报 2 台，已填报 1 台"
    rows = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
    assert ["尚未填报" in row for row in rows] == [True, False]
    assert [str(one["href"]) for one in page.select("tbody th a")] == [
        f"/instruments/{late}",
        f"/instruments/{filed}",
    ]
    empty = page_of(client, f"/utilisation/filing?period=2026-10&instrument={exempt}")
    assert empty.select_one("#total") is None
    before = page_of(client, "/utilisation/filing?period=2025")
    assert before.select_one("#total") is None


def test_a_lab_follows_the_rate_of_what_it_keeps_alone(settled, client):
    (filed, *_), _, sessions = settled
    be(client, sessions["keeper"])
    page = page_of(client, "/utilisation/filing?period=2026-10")
    assert [str(one["href"]) for one in page.select("tbody th a")] == [f"/instruments/{filed}"]
    whole = page_of(client, "/utilisation?period=2026-10&by=district")
    assert not ways(whole, "/utilisation/filing")
