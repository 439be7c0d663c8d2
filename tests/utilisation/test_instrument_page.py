"""One instrument over HTTP: its figures, the records behind each, and whose they are to see."""

import csv
import io

import pytest
from bs4 import BeautifulSoup

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.reservations.states import State
from booking.utilisation.rules.attributing import Figure
from booking.web.languages import COOKIE as LANGUAGE
from tests.factories.accounts import be, make_actor, make_member, make_staff, open_session
from tests.factories.instruments import add_closure, make_lab, span
from tests.factories.organisations import make_organisation
from tests.factories.utilisation import Booked, Invented, write_instrument
from tests.utilisation.reading import the

USE = span("2026-11-03T09:00", "12:00")
MISSED = span("2026-11-04T09:00", "11:00")
BROKEN = span("2026-10-12T08:00", "18:00")


@pytest.fixture
def world(write, clock):
    """An instrument that was used, missed and broken, one of another lab, and people."""
    with write() as uow:
        used = Booked(
            USE, State.SETTLED, used=USE, effective_minutes=150, samples=3, income_fen=240_000
        )
        story = Invented(bookings=[used, Booked(MISSED, State.MISSED)])
        lab = make_lab(uow).key
        mine = write_instrument(uow, story, lab_id=lab)
        add_closure(uow, mine, BROKEN, kind=ClosureKind.FAULT)
        people = {
            "lab": make_actor(uow, Grant(Role.LAB_MANAGER, lab_id=lab)),
            "auditor": make_staff(uow, Role.AUDITOR),
            "member": make_member(uow, make_organisation(uow).key),
        }
        sessions = {who: open_session(uow, one, now=clock.now()) for who, one in people.items()}
        return mine, write_instrument(uow, Invented()), sessions


def shown(client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    return BeautifulSoup(answer.text, "html.parser")


@pytest.mark.parametrize("figure", list(Figure))
def test_the_records_of_a_figure_sum_to_what_the_page_shows(world, client, figure):
    mine, _, sessions = world
    be(client, sessions["lab"])
    page = shown(client, f"/utilisation/instruments/{mine}?period=2026")
    row = the(page, f"tr[data-figure={figure.value}]")
    listed = shown(
        client, f"/utilisation/instruments/{mine}/records?period=2026&figure={figure.value}"
    )
    total = listed.select_one("#total")
    value = the(row, "td").get_text()
    assert (total.get_text() if total else value) == value
    if total is None:
        assert value in {"0", "0.0"}


def test_a_booking_behind_a_figure_leads_to_itself(world, client):
    mine, _, sessions = world
    be(client, sessions["lab"])
    page = shown(client, f"/utilisation/instruments/{mine}/records?period=2026-11&figure=used")
    (link,) = page.select("tbody td a")
    assert client.get(link["href"]).status_code == 200
    assert "3.0" in the(page, "#total").get_text()


def test_the_file_has_every_record(world, client):
    mine, _, sessions = world
    be(client, sessions["auditor"])
    answer = client.get(f"/utilisation/instruments/{mine}/records.csv?period=2026&figure=idle")
    _, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    # Every working day up to the end of the present month; five hours of two were booked.
    assert len(lines) > 200
    page = shown(client, f"/utilisation/instruments/{mine}/records?period=2026&figure=idle")
    total = float(the(page, "#total").get_text().replace(",", ""))
    assert sum(float(line[-1]) for line in lines) == pytest.approx(total, abs=0.5)


def test_the_pictures_have_their_tables(world, client):
    mine, _, sessions = world
    be(client, sessions["lab"])
    page = shown(client, f"/utilisation/instruments/{mine}?period=2026")
    for name in ("trend", "inside", "money", "days", "faults"):
        part = the(page, f"#{name}")
        assert part.select_one("svg rect") is not None, name
        assert part.select_one("details table tbody tr") is not None, name
    assert len(page.select("#days rect")) == 334
    assert page.select_one("[style], script:not([src])") is None


def test_subsidies_are_told_to_those_who_read_statements(world, client):
    mine, _, sessions = world
    address = f"/utilisation/instruments/{mine}?period=2026"
    for who, told in (("lab", False), ("auditor", True)):
        be(client, sessions[who])
        assert ("每机时补贴" in shown(client, address).get_text()) is told


@pytest.mark.parametrize("path", ["", "/records", "/records.csv"])
def test_it_is_for_those_it_concerns(world, client, path):
    mine, other, sessions = world
    for key in (mine, other):
        answer = client.get(f"/utilisation/instruments/{key}{path}")
        assert answer.status_code in {303, 401}
    be(client, sessions["lab"])
    assert client.get(f"/utilisation/instruments/{mine}{path}").status_code == 200
    assert client.get(f"/utilisation/instruments/{other}{path}").status_code == 404
    assert client.get(f"/utilisation/instruments/999999{path}").status_code == 404
    be(client, sessions["member"])
    assert client.get(f"/utilisation/instruments/{mine}{path}").status_code == 403


def test_on_english_pages_it_is_called_by_its_english_name(write, world, client):
    mine, _, sessions = world
    with write() as uow:
        uow.session.get_one(Instrument, mine).name_en = "Example microscope"
    be(client, sessions["auditor"])
    client.cookies.set(LANGUAGE, "en")
    for address in (f"/utilisation/instruments/{mine}", "/utilisation?by=instrument"):
        assert "Example microscope" in shown(client, address).get_text()
