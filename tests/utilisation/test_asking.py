"""What a report can be asked over HTTP: ways to pool, days of one's own, what narrows it."""

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from booking.reservations.states import State
from tests.factories.accounts import be, bearer, make_staff, open_session
from tests.factories.instruments import make_lab, span
from tests.factories.utilisation import Booked, Invented, write_instrument
from tests.utilisation.reading import the

USE = span("2026-11-03T09:00", "12:00")
OWN = {"first": "2026-11-02", "last": "2026-11-06"}


@pytest.fixture
def world(write, clock):
    """Two instruments of different districts, classes and values; the first was used."""
    with write() as uow:
        used = Booked(USE, State.SETTLED, used=USE, effective_minutes=150)
        lab = make_lab(uow, district="fengxi").key
        write_instrument(uow, Invented(bookings=[used]), lab_id=lab, category_code="030101")
        write_instrument(uow, Invented(), district="fengdong", original_value_fen=100_000_00)
        finance = make_staff(uow, Role.FINANCE)
        now = clock.now()
        return bearer(uow, finance, now=now), open_session(uow, finance, now=now)


def told(client, headers, **asked):
    answer = client.get("/api/v1/utilisation", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_zone_is_one_line_for_whoever_reads_utilisation(world, client):
    report = told(client, world[0], period="2026-11", by="zone")
    assert [item["key"] for item in report["items"]] == ["zone"]
    assert report["total"]["instruments"] == 2


@pytest.mark.parametrize(
    "asked",
    [{"period": "2026-11-02..2026-11-06"}, OWN, {"least_value": 500_000}, {"category": "03"}],
)
def test_visitors_cannot_cut_it_so_finely_that_one_instrument_stands_out(world, client, asked):
    assert client.get("/api/v1/utilisation", params={"by": "zone", **asked}).status_code == 401


def test_days_of_ones_own_are_clipped_at_both_ends(world, client):
    headers, _ = world
    report = told(client, headers, by="zone", **OWN)
    assert report["period"] == "2026-11-02..2026-11-06"
    assert report["total"]["calendar_hours"] == 2 * 5 * 24
    assert report["total"]["used_hours"] == 3
    other = told(client, headers, by="zone", period="2026-11-04..2026-11-06")
    assert other["total"]["used_hours"] == 0


@pytest.mark.parametrize(
    "code",
    [
        "2026-11-06..2026-11-02",
        "2026-01-01..2030-01-01",
        "2026-13-01..2026-14-01",
        "9999-12-01..9999-12-30",
        "1969-12-01..1970-01-30",
    ],
)
def test_days_that_are_no_period_are_refused(world, client, code):
    headers, _ = world
    answer = client.get("/api/v1/utilisation", params={"period": code}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "utilisation.period_unreadable"


@pytest.mark.parametrize(
    ("asked", "instruments"),
    [
        ({"category": "03"}, 1),
        ({"district": "fengdong"}, 1),
        ({"least_value": 500_000}, 1),
        ({"category": "03", "district": "fengdong"}, 0),
        ({}, 2),
    ],
)
def test_a_report_can_be_narrowed(world, client, asked, instruments):
    headers, _ = world
    report = told(client, headers, period="2026-11", by="class", **asked)
    assert len(report["items"]) == instruments


def test_every_group_leads_to_what_it_is_made_of(world, client):
    _, session = world
    be(client, session)
    for by in ("zone", "district", "organisation", "lab", "class"):
        page = client.get("/utilisation", params={"period": "2026-11", "by": by})
        soup = BeautifulSoup(page.text, "html.parser")
        for link in soup.select("td[data-label='名称'] a"):
            assert client.get(link["href"]).status_code == 200, link


def test_parameters_stand_beside_the_figures_and_are_kept(world, client):
    _, session = world
    be(client, session)
    asked = {"period": "2026-11", "by": "lab", "rated_hours": "800", "cap": "on", **OWN}
    soup = BeautifulSoup(client.get("/utilisation", params=asked).text, "html.parser")
    assert the(soup, "[name=rated_hours]")["value"] == "800"
    assert the(soup, "[name=cap]").has_attr("checked")
    assert the(soup, "[name=period] option[selected]")["value"] == "2026-11-02..2026-11-06"
    assert all("rated_hours=800" in one["href"] for one in soup.select(".tabs a"))
