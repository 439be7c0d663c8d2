"""Unmet demand over HTTP: what counts, whose it is, and figures that lead to what is behind."""

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.instruments.models.instrument import Instrument
from booking.reservations.rules.refusal import Lack
from booking.reservations.states import EntryState, State
from tests.factories.accounts import be, bearer, make_actor, make_member, make_staff, open_session
from tests.factories.instruments import BEGINNING, make_lab, span
from tests.factories.organisations import make_organisation
from tests.factories.refusals import make_place_in_vain, make_refusal
from tests.factories.utilisation import Booked, Invented, Writer, write_instrument

# A Tuesday and a Saturday.
TUESDAY = span("2026-11-03T09:00", "12:00")
SATURDAY = span("2026-11-07T10:00", "12:00")
OCTOBER = span("2026-10-31T22:00", "2026-11-01T02:00")
NOVEMBER = {"period": "2026-11", "by": "instrument"}


class World:
    """Two labs with an instrument each, and what was asked of them in vain."""

    def __init__(self, uow, now) -> None:
        self.lab, other_lab = make_lab(uow).key, make_lab(uow, district="fengdong").key
        self.instrument = write_instrument(uow, Invented(), lab_id=self.lab)
        self.other = write_instrument(uow, Invented(), lab_id=other_lab, district="fengdong")
        self.company = make_organisation(uow, name="示例材料公司").key
        make_refusal(uow, self.instrument, TUESDAY, organisation_id=self.company)
        make_refusal(uow, self.instrument, SATURDAY, lack=Lack.CLOSED, organisation_id=self.company)
        make_refusal(uow, self.instrument, OCTOBER, lack=Lack.BROKEN)
        make_refusal(uow, self.instrument, TUESDAY, lack=Lack.OTHER)
        make_refusal(uow, self.other, TUESDAY)
        make_place_in_vain(uow, (self.instrument, self.other), TUESDAY, minutes=60)
        people = {
            "lab": make_actor(uow, Grant(Role.LAB_MANAGER, lab_id=self.lab)),
            "finance": make_staff(uow, Role.FINANCE),
            "member": make_member(uow, self.company),
        }
        self.tokens = {who: bearer(uow, actor, now=now) for who, actor in people.items()}
        self.sessions = {who: open_session(uow, actor, now=now) for who, actor in people.items()}


@pytest.fixture
def world(write, clock) -> World:
    with write() as uow:
        return World(uow, clock.now())


def unmet(client, headers, **asked):
    answer = client.get("/api/v1/utilisation/unmet", params={**NOVEMBER, **asked}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def figures(of) -> list[float]:
    return [of[f"{why}_hours"] for why in ("occupied", "closed", "broken", "waited", "unmet")]


def test_refusals_and_places_add_up_within_the_period(world, client):
    told = unmet(client, world.tokens["finance"])
    assert figures(told["total"]) == [6, 2, 2, 1, 11]
    first, second = told["items"]
    assert (first["key"], figures(first), first["requests"]) == (
        world.instrument,
        [3, 2, 2, 0.5, 7.5],
        4,
    )
    assert (second["key"], figures(second)) == (world.other, [3, 0, 0, 0.5, 3.5])
    # A request that touches both months counts in each with its part.
    october = unmet(client, world.tokens["finance"], period="2026-10")
    assert figures(october["total"]) == [0, 0, 2, 0, 2]


def test_hours_of_the_week_add_up_to_the_total(world, client):
    told = unmet(client, world.tokens["finance"])
    sums = [sum(parts) for parts in zip(*map(figures, told["hours"]), strict=True)]
    assert sums == pytest.approx(figures(told["total"]), abs=1e-3)
    hour = next(one for one in told["hours"] if (one["weekday"], one["hour"]) == (5, 10))
    assert figures(hour) == [0, 1, 0, 0, 1]
    alone = unmet(client, world.tokens["finance"], weekday=5, hour=10)
    assert figures(alone["total"]) == [0, 1, 0, 0, 1]
    assert alone["requests"] == 1


@pytest.mark.parametrize(
    ("by", "lines"), [("instrument", 2), ("lab", 2), ("organisation", 2), ("district", 2)]
)
def test_every_way_of_pooling_sums_to_the_same(world, client, by, lines):
    told = unmet(client, world.tokens["finance"], by=by)
    assert len(told["items"]) == lines
    assert sum(item["unmet_hours"] for item in told["items"]) == told["total"]["unmet_hours"]


def test_a_lab_sees_its_own_and_a_company_nothing(world, client):
    told = unmet(client, world.tokens["lab"])
    assert [item["key"] for item in told["items"]] == [world.instrument]
    for path in ("/api/v1/utilisation/unmet", "/utilisation/unmet", "/utilisation/unmet.csv"):
        headers = world.tokens["member"] if path.startswith("/api") else {}
        if not headers:
            be(client, world.sessions["member"])
        assert client.get(path, headers=headers).status_code == 403


def test_what_was_refused_by_a_rule_first_counts_once_time_is_lacking(world, client, write):
    before = unmet(client, world.tokens["lab"])["total"]["occupied_hours"]
    with write() as uow:
        later = span("2026-11-10T09:00", "12:00")
        for lack in (Lack.OTHER, Lack.OCCUPIED):
            make_refusal(uow, world.instrument, later, lack=lack, organisation_id=world.company)
    assert unmet(client, world.tokens["lab"])["total"]["occupied_hours"] == before + 3


@pytest.mark.parametrize(
    ("hours_later", "minutes", "counts"), [(1, 180, False), (1, 120, True), (25, 180, True)]
)
def test_who_soon_got_as_long_a_time_is_not_counted(
    world, client, write, hours_later, minutes, counts
):
    got = span("2026-11-05T09:00", "12:00")
    booked = Booked(type(got)(got.start, got.start + timedelta(minutes=minutes)), State.CONFIRMED)
    with write() as uow:
        writer = Writer(uow, world.instrument)
        writer.company = world.company
        (row,) = writer.write(booked)
        row.created_at = BEGINNING + timedelta(hours=hours_later)
    occupied = unmet(client, world.tokens["lab"])["total"]["occupied_hours"]
    assert occupied == (3 if counts else 0)


@pytest.mark.parametrize(
    ("state", "expected"),
    [(EntryState.EXPIRED, [0, 3.5]), (EntryState.SERVED, [0, 0.5]), (EntryState.LEFT, [0, 0.5])],
)
def test_of_who_waited_instead_the_place_tells(world, client, write, state, expected):
    with write() as uow:
        make_place_in_vain(
            uow,
            (world.instrument,),
            TUESDAY,
            minutes=180,
            organisation_id=world.company,
            state=state,
        )
    total = unmet(client, world.tokens["lab"])["total"]
    assert [total["occupied_hours"], total["waited_hours"]] == expected


def test_the_page_leads_from_a_figure_to_the_requests(world, client):
    be(client, world.sessions["finance"])
    shown = BeautifulSoup(client.get("/utilisation/unmet", params=NOVEMBER).text, "html.parser")
    cells = [cell.get_text() for cell in shown.select("#by-hour table.heat td span")]
    assert cells[5 * 24 + 10] == "周六 10:00，被拒绝 1.0 小时，候补落空 0.0 小时"
    refused = [float(cell.split("被拒绝 ")[1].split(" ")[0]) for cell in cells]
    total = shown.select("#ranking tr.total td")
    assert sum(refused) == sum(float(cell.get_text()) for cell in total[:3]) == 10
    bars = [bar.get_text(" ").split()[-1] for bar in shown.select("#ranking figure tr")]
    ranked = [row.select("td")[5].get_text() for row in shown.select("#ranking .table tbody tr")]
    assert bars == ranked[:2] == ["7.5", "3.5"]
    assert len(shown.select("#requests tbody tr")) == 6
    (link,) = shown.select(f"#ranking a[href*='instrument={world.instrument}']")
    narrowed = BeautifulSoup(client.get(str(link["href"])).text, "html.parser")
    (behind,) = narrowed.select("#requests")
    assert len(behind.select("tbody tr")) == 4
    assert "示例材料公司" in behind.get_text()


def test_a_line_leads_to_what_is_behind_it_or_nowhere(world, client, write):
    with write() as uow:
        uow.session.get_one(Instrument, world.other).category_code = ""
    be(client, world.sessions["finance"])

    def lines(address: str, **asked: str) -> list[list[str]]:
        shown = BeautifulSoup(client.get(address, params=asked or None).text, "html.parser")
        return [
            [str(link["href"]) if (link := row.select_one("a")) else "", row.select("td")[5].text]
            for row in shown.select("#ranking .table tbody tr:not(.total)")
        ]

    found = lines("/utilisation/unmet", **NOVEMBER | {"by": "class"})
    assert [hours for _, hours in found] == ["7.5", "3.5"]
    (known, _), (unknown, _) = found
    assert [hours for _, hours in lines(known)] == ["7.5"]
    # Nothing narrows to those whose class is not known.
    assert unknown == ""


def test_the_files_have_what_the_page_shows(world, client):
    be(client, world.sessions["finance"])

    def read(path: str) -> list[list[str]]:
        answer = client.get(path, params=NOVEMBER)
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]

    ranks, requests = read("/utilisation/unmet.csv"), read("/utilisation/unmet-requests.csv")
    assert [line[-2:] for line in ranks] == [["7.5", "4"], ["3.5", "2"]]
    assert sum(float(line[5]) for line in requests) == 11


def test_the_week_of_an_instrument_shows_what_was_refused(world, client):
    be(client, world.sessions["lab"])
    answer = client.get("/utilisation", params=NOVEMBER)
    _, refused = BeautifulSoup(answer.text, "html.parser").select("table.heat")
    cells = [cell.get_text() for cell in refused.select("td span")]
    assert cells[5 * 24 + 11] == "周六 11:00，被拒绝 1.0 小时，候补落空 0.0 小时"


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"weekday": 5, "hour": 10}, "时段：周六 10:00"), ({"weekday": 5}, ""), ({}, "")],
)
def test_a_page_about_one_hour_of_the_week_says_so(world, client, asked, said):
    be(client, world.sessions["lab"])
    answer = client.get("/utilisation/unmet", params={**NOVEMBER, **asked})
    shown = BeautifulSoup(answer.text, "html.parser").select_one("#hour")
    assert (shown.get_text() if shown else "") == said
