"""Advice over HTTP: from the records themselves, for those whose instruments they are."""

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.refusal import Lack
from booking.reservations.states import State
from tests.factories.accounts import be, bearer, make_actor, make_member, open_session
from tests.factories.instruments import make_lab, span
from tests.factories.organisations import make_organisation
from tests.factories.refusals import make_refusal
from tests.factories.utilisation import Booked, Invented, write_instrument

SATURDAY = span("2026-10-10T10:00", "14:00")
WEEK = timedelta(days=7)


def short_uses() -> list[Booked]:
    """Ten bookings of two hours each, used for one and a half."""
    found = []
    for day in range(10):
        start = span("2026-10-12T09:00", "11:00").start + timedelta(days=day)
        booked = TimeSpan(start, start + timedelta(hours=2))
        used = TimeSpan(start, start + timedelta(minutes=90))
        found.append(Booked(booked, State.SETTLED, used=used, effective_minutes=90))
    return found


class World:
    def __init__(self, uow, now) -> None:
        self.lab, self.other_lab = make_lab(uow).key, make_lab(uow).key
        self.tool = write_instrument(uow, Invented(bookings=short_uses()), lab_id=self.lab)
        self.other = write_instrument(uow, Invented(), lab_id=self.other_lab)
        for tool in (self.tool, self.other):
            for week in range(3):
                asked = TimeSpan(SATURDAY.start + week * WEEK, SATURDAY.end + week * WEEK)
                make_refusal(uow, tool, asked, lack=Lack.CLOSED)
        people = {
            "lab": make_actor(uow, Grant(Role.LAB_MANAGER, lab_id=self.lab)),
            "member": make_member(uow, make_organisation(uow).key),
        }
        self.tokens = {who: bearer(uow, actor, now=now) for who, actor in people.items()}
        self.sessions = {who: open_session(uow, actor, now=now) for who, actor in people.items()}


@pytest.fixture
def world(write, clock) -> World:
    with write() as uow:
        return World(uow, clock.now())


def test_a_closed_saturday_and_long_bookings_are_told_with_their_figures(world, client):
    told = client.get("/api/v1/utilisation/advice", headers=world.tokens["lab"]).json()
    assert told["instruments"] == 1
    assert told["thresholds"]["least_hours"] == 8
    opened, shorten = told["items"]
    assert (opened["kind"], opened["instrument_id"], opened["hours"]) == (
        "open_day",
        world.tool,
        12,
    )
    assert opened["figures"]["weekday"] == 5
    assert shorten["kind"] == "shorten"
    assert shorten["figures"] == {
        "longer_percent": 33.3333,
        "booked_hours": 20,
        "used_hours": 15,
        "uses": 10,
    }


def test_the_page_says_it_and_leads_to_the_records(world, client):
    be(client, world.sessions["lab"])
    shown = BeautifulSoup(client.get("/utilisation/advice").text, "html.parser")
    text = shown.get_text()
    assert "周六全天不开放；若在 10:00–14:00 之间开放，本可满足 12.0 小时被拒绝的申请。" in text
    assert "预约比实际使用长 33.3%（10 次使用，预约 20.0 小时，使用 15.0 小时）" in text
    first, _ = shown.select("tbody tr a[aria-label]")
    behind = BeautifulSoup(client.get(str(first["href"])).text, "html.parser")
    assert len(behind.select("#requests tbody tr")) == 3
    higher = client.get("/utilisation/advice", params={"least_hours": 13}).text
    assert "全天不开放" not in higher


def test_the_file_has_the_same(world, client):
    be(client, world.sessions["lab"])
    answer = client.get("/utilisation/advice.csv")
    _, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert [line[2] for line in lines] == ["12.0", "5.0"]


def test_companies_are_told_nothing(world, client):
    refused = client.get("/api/v1/utilisation/advice", headers=world.tokens["member"])
    assert refused.status_code == 403


@pytest.mark.parametrize("asked", [{"least_bookings": "0"}, {"least_hours": "", "first": ""}])
def test_no_minimum_and_the_usual_one_can_be_asked_for(world, client, asked):
    be(client, world.sessions["lab"])
    for path in ("/utilisation/advice", "/utilisation/advice.csv"):
        answer = client.get(path, params=asked)
        assert (answer.status_code, "周六全天不开放" in answer.text) == (200, True)


@pytest.mark.parametrize("path", ["/utilisation/advice", "/utilisation/unmet"])
def test_after_days_of_ones_own_another_period_can_be_chosen(world, client, path):
    be(client, world.sessions["lab"])
    own = {"first": "2026-10-01", "last": "2026-10-20"}
    page = BeautifulSoup(client.get(path, params=own).text, "html.parser")
    form = page.select_one("form.filters")
    assert form is not None
    sent = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    after = client.get(path, params={**sent, "period": "2026-09"})
    chosen = BeautifulSoup(after.text, "html.parser").select_one("[name=period] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "2026-09"
