"""Reports over HTTP: sums that hold, figures up to the minute, nothing of others."""

import csv
import io

import pytest
from bs4 import BeautifulSoup

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.instruments.models.instrument import Instrument
from booking.reservations.states import State
from booking.utilisation.actions.roll_up import roll_up
from tests.factories.accounts import be, bearer, make_actor, make_member, make_staff, open_session
from tests.factories.instruments import make_lab, span
from tests.factories.organisations import make_organisation
from tests.factories.utilisation import Booked, Invented, Writer, write_instrument

USE = span("2026-11-03T09:00", "12:00")
MISSED = span("2026-11-04T09:00", "11:00")
PARTS = ("closed", "maintenance", "fault", "open")
OF_OPEN = ("used", "booked_unused", "idle")


class World:
    """Two labs with an instrument each; the first was used, missed and earned something."""

    def __init__(self, uow, now) -> None:
        used = Booked(
            USE, State.SETTLED, used=USE, effective_minutes=150, samples=3, income_fen=240_000
        )
        story = Invented(bookings=[used, Booked(MISSED, State.MISSED)])
        self.lab, self.other_lab = make_lab(uow).key, make_lab(uow, district="fengdong").key
        self.instrument = write_instrument(uow, story, lab_id=self.lab)
        write_instrument(uow, Invented(), lab_id=self.other_lab, district="fengdong")
        people = {
            "lab": make_actor(uow, Grant(Role.LAB_MANAGER, lab_id=self.lab)),
            "finance": make_staff(uow, Role.FINANCE),
            "member": make_member(uow, make_organisation(uow).key),
        }
        self.tokens = {who: bearer(uow, actor, now=now) for who, actor in people.items()}
        self.sessions = {who: open_session(uow, actor, now=now) for who, actor in people.items()}


@pytest.fixture
def world(write, clock) -> World:
    with write() as uow:
        return World(uow, clock.now())


def report(client, headers=None, **asked):
    answer = client.get("/api/v1/utilisation", params=asked, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_waterfall_sums_in_every_line(world, client):
    told = report(client, world.tokens["finance"], period="2026-11", by="instrument")
    for line in [*told["items"], told["total"]]:
        assert line["calendar_hours"] == pytest.approx(sum(line[f"{p}_hours"] for p in PARTS))
        assert line["open_hours"] == pytest.approx(sum(line[f"{p}_hours"] for p in OF_OPEN))
    assert told["total"]["calendar_hours"] == 2 * 720


def test_an_instrument_in_figures(world, client):
    told = report(client, world.tokens["lab"], period="2026-11", by="instrument")
    (line,) = told["items"]
    assert line["key"] == world.instrument
    assert (line["used_hours"], line["booked_unused_hours"], line["open_hours"]) == (3, 2, 210)
    assert (line["effective_hours"], line["external_hours"]) == (2.5, 2.5)
    assert line["utilisation_rated"] == pytest.approx(2.5 / (1400 / 12), abs=1e-6)
    assert line["utilisation_open"] == pytest.approx(2.5 / 210, abs=1e-6)
    assert (line["reservations"], line["missed"], line["no_show_rate"]) == (2, 1, 0.5)
    assert (line["uses"], line["samples"], line["income"]) == (1, 3, "2400.00")


def test_unused_instruments_lower_the_average(world, client):
    told = report(client, world.tokens["finance"], period="2026", by="organisation")
    assert told["total"]["instruments"] == 2
    assert told["total"]["average_effective_hours"] == 1.25
    assert told["total"]["openness"] == 1


def test_rated_hours_are_a_parameter(world, client):
    asked = {"period": "2026", "by": "instrument"}
    usual = report(client, world.tokens["lab"], **asked)["items"][0]
    other = report(client, world.tokens["lab"], rated_hours=800, **asked)["items"][0]
    assert usual["utilisation_rated"] == pytest.approx(2.5 / 1400, abs=1e-6)
    assert other["utilisation_rated"] == pytest.approx(2.5 / 800, abs=1e-6)


def test_what_happened_a_minute_ago_is_in_it_before_and_after_the_nightly_count(
    world, client, write, clock
):
    def used() -> float:
        told = report(client, world.tokens["finance"], period="2026-11", by="district")
        return float(told["total"]["used_hours"])

    assert used() == 3
    with write() as uow:
        roll_up(uow, now=clock.now())
    assert used() == 3
    later = span("2026-11-05T09:00", "10:30")
    with write() as uow:
        Writer(uow, world.instrument).write(Booked(later, State.COMPLETED, used=later))
    assert used() == 4.5
    with write() as uow:
        roll_up(uow, now=clock.now())
    assert used() == 4.5


def test_a_booking_to_come_shows_in_its_month(world, client, write):
    with write() as uow:
        Writer(uow, world.instrument).write(Booked(span("2027-01-05T09:00", "11:00")))
    told = report(client, world.tokens["lab"], period="2027-01", by="district")
    assert told["total"]["booked_unused_hours"] == 2


def test_a_year_reaches_up_to_the_present_month(world, client):
    told = report(client, world.tokens["lab"], period="AY2026", by="district")
    assert told["through"] == "2026-11"
    assert told["total"]["calendar_hours"] == 2 * (30 + 31 + 30) * 24


def test_a_lab_may_see_whole_districts_but_no_income(world, client):
    told = report(client, world.tokens["lab"], period="2026-11", by="district")
    assert {item["key"] for item in told["items"]} == {"fengxi", "fengdong"}
    assert told["total"]["income"] is None


def test_who_does_not_read_utilisation_is_led_to_what_is_published(world, client):
    for who in (None, "member"):
        if who:
            be(client, world.sessions[who])
        answer = client.get("/utilisation", params={"period": "2026-11"}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/open-figures")
        assert client.get("/utilisation.csv", follow_redirects=False).status_code in {303, 403}


@pytest.mark.parametrize("by", ["instrument", "lab", "organisation", "district", "zone"])
def test_the_figures_are_for_those_it_concerns(world, client, by):
    asked = {"period": "2026-11", "by": by}
    assert client.get("/api/v1/utilisation", params=asked).status_code == 401
    refused = client.get("/api/v1/utilisation", params=asked, headers=world.tokens["member"])
    assert refused.status_code == 403
    whole = by in {"district", "zone"}
    of_all = 1 if by == "zone" else 2
    assert len(report(client, world.tokens["lab"], **asked)["items"]) == (of_all if whole else 1)
    assert len(report(client, world.tokens["finance"], **asked)["items"]) == of_all


def test_a_lab_cannot_ask_for_another(world, client):
    asked = {"period": "2026-11", "by": "instrument", "lab": world.other_lab}
    assert report(client, world.tokens["lab"], **asked)["items"] == []


def test_a_period_that_is_none_is_refused(world, client):
    asked = {"period": "2026-13"}
    refused = client.get("/api/v1/utilisation", params=asked, headers=world.tokens["lab"])
    assert refused.status_code == 422
    assert refused.json()["code"] == "utilisation.period_unreadable"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_the_waterfall(world, client, language):
    be(client, world.sessions["lab"])
    page = client.get("/utilisation", params={"period": "2026", "lang": language})
    while page.is_redirect:
        page = client.get(page.headers["location"])
    assert page.status_code == 200
    soup = BeautifulSoup(page.text, "html.parser")
    bars = soup.select("#waterfall tr")
    assert len(bars) == 8
    assert "1599" in soup.get_text()


def test_the_page_of_a_lab_lists_its_instruments_with_income(world, client):
    page = be(client, world.sessions["lab"]).get("/utilisation", params={"period": "2026-11"})
    soup = BeautifulSoup(page.text, "html.parser")
    assert soup.select_one(f"a[href^='/utilisation/instruments/{world.instrument}']") is not None
    assert "2,400.00" in soup.get_text()
    assert len(soup.select(".tabs a")) == 6


def test_the_file_shows_what_the_page_shows(world, client):
    be(client, world.sessions["finance"])
    answer = client.get("/utilisation.csv", params={"period": "2026-11", "by": "instrument"})
    head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert len(lines) == 2
    assert len(head) == len(lines[0]) == 36
    assert {"3.0", "2400.00"} <= set(lines[0])


def test_a_retired_instrument_stays_in_the_months_it_served(world, client, write, clock):
    with write() as uow:
        card = uow.session.get_one(Instrument, world.instrument)
        card.state = "retired"
        card.updated_at = span("2026-10-15T09:00", "10:00").start
    lab, asked = world.tokens["lab"], {"by": "district"}
    assert report(client, lab, period="2026-10", **asked)["total"]["instruments"] == 2
    assert report(client, lab, period="2026-11", **asked)["total"]["instruments"] == 1


def test_a_lab_sees_the_hours_of_its_week_and_everybody_only_districts(world, client):
    be(client, world.sessions["lab"])
    shown = BeautifulSoup(
        client.get("/utilisation?period=2026-11&by=instrument").text, "html.parser"
    )
    used, _ = shown.select("table.heat")
    cells = [cell.get_text() for cell in used.select("td span")]
    assert len(cells) == 7 * 24
    # Tuesday 3 November, 9 to 12; of four Tuesdays that hour is open in each.
    assert cells[24 + 9].startswith("周二 09:00，开放 4.0 小时中使用 1.0 小时")
    assert "使用 0.0 小时" in cells[24 + 13]
    assert not BeautifulSoup(
        client.get("/utilisation?period=2026-11&by=district").text, "html.parser"
    ).select("table.heat")
