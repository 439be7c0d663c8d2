"""From an hour of the week to the instruments and records of which it is the sum."""

import re
from random import Random

import pytest
from bs4 import BeautifulSoup, Tag

from booking.access.roles import Role
from booking.db.transactions import read_session
from booking.kernel.periods import Period
from booking.utilisation.queries.recorded import month_records
from booking.utilisation.rules.attributing import Figure, behind, is_time
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.instruments import make_lab, span
from tests.factories.refusals import make_refusal
from tests.factories.utilisation import invented, write_instrument
from tests.utilisation.reading import the

NOVEMBER = Period.parse("2026-11")
EVERY = [(day, hour) for day in range(7) for hour in range(24)]
TUESDAY = span("2026-11-03T09:00", "12:00")
SAID = re.compile(r"开放 ([\d.,]+) 小时中使用 ([\d.,]+) 小时，空闲 ([\d.,]+) 小时")


@pytest.fixture
def world(write, clock, client) -> list[int]:
    """Two instruments of a lab with three months of life, of one of which too much was asked."""
    chance = Random(11)
    with write() as uow:
        lab = make_lab(uow).key
        tools = [write_instrument(uow, invented(chance), lab_id=lab) for _ in range(2)]
        make_refusal(uow, tools[0], TUESDAY)
        secret = open_session(uow, make_staff(uow, Role.AUDITOR), now=clock.now())
    be(client, secret)
    return tools


def shown(client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    return BeautifulSoup(answer.text, "html.parser")


def told(cell: Tag) -> list[str]:
    """Open, used and idle hours of a cell."""
    found = SAID.search(cell.get_text())
    assert found, cell
    return list(found.groups())


def fullest(links: list[Tag]) -> Tag:
    """The cell with most of both, used and idle hours."""
    return max(links, key=lambda link: min(float(text) for text in told(link)))


def leads(page: BeautifulSoup) -> list[list[Tag]]:
    """The links of each map of the week."""
    return [table.select("td a") for table in page.select("table.heat")]


def test_the_hours_of_the_week_divide_every_share_of_time(world, engine):
    with read_session(engine) as session:
        records = month_records(session, NOVEMBER, world)
    assert any(record.bookings for record in records.values())
    for record in records.values():
        for figure in filter(is_time, Figure):
            whole = behind(figure, NOVEMBER.span, record)
            parts = [behind(figure, NOVEMBER.span, record, hour=at) for at in EVERY]
            assert sum(whole.values()) == sum(sum(part.values()) for part in parts)
            for one, length in whole.items():
                assert sum(part.get(one, 0) for part in parts) == length


def test_a_cell_leads_to_instruments_and_each_of_them_to_its_records(world, client):
    page = shown(client, "/utilisation?period=2026-11&by=instrument")
    used, in_vain = leads(page)
    # Every hour that was open leads on, and no other.
    cells = page.select("table.heat")[0].select("td[title]")
    assert all((told(cell)[0] != "0.0") == bool(cell.a) for cell in cells)
    link = fullest(used)
    hour = shown(client, str(link["href"]))
    totals = [cell.get_text() for cell in hour.select("tr.total td")]
    assert [totals[0], totals[1], totals[3]] == told(link)
    for link in hour.select("td a[aria-label]"):
        records = shown(client, str(link["href"]))
        assert the(records, "#total" if "records" in str(link["href"]) else "#ranking tr.total")
        if "records" in str(link["href"]):
            assert the(records, "#total").get_text() == link.get_text()
    assert len(in_vain) == 3
    behind_it = shown(client, str(in_vain[0]["href"]))
    assert the(behind_it, "#hour").get_text() == "时段：周二 09:00"
    assert len(behind_it.select("#requests tbody tr")) == 1


def test_the_cells_of_one_instrument_lead_to_its_records_of_that_hour(world, client):
    page = shown(client, f"/utilisation/instruments/{world[0]}?period=2026-11")
    (links,) = leads(page)
    link = fullest(links)
    _, used, idle = told(link)
    for figure, text in (("used", used), ("idle", idle)):
        records = shown(client, str(link["href"]).replace("figure=used", f"figure={figure}"))
        assert the(records, "#total").get_text() == text
        assert the(records, "#hour")
        assert len(records.select("nav.tabs a[href*='weekday']")) == 6


def test_an_hour_of_too_many_instrument_months_says_so(world, client):
    page = shown(client, "/utilisation/hour?period=2020-01-01..2022-12-31&weekday=1&hour=9")
    assert not page.select("tr.total")
    assert page.select(".empty")
