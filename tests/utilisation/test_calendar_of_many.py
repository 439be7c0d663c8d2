"""A year's calendar of labs, providers, districts and the zone, from kept days."""

from random import Random

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.db.outside import Outside
from booking.db.transactions import read_session
from booking.instruments.models.instrument import Instrument
from booking.kernel.periods import Period
from booking.reservations.states import State
from booking.utilisation.actions.roll_up import roll_up
from booking.utilisation.jobs import keep_days
from booking.utilisation.models import InstrumentMonth, KeptDay
from booking.utilisation.queries.days import Part, kept_days, parts_to_keep
from booking.utilisation.queries.kept import Sight
from booking.utilisation.queries.recorded import month_records
from booking.utilisation.rules.days import Spent, days_of
from tests.factories.accounts import be, make_actor, make_staff, open_session
from tests.factories.instruments import make_lab, span
from tests.factories.utilisation import Booked, Writer, invented, write_instrument
from tests.support.clock import moment
from tests.support.serving import test_settings as settings_for
from tests.utilisation.reading import the

NOW = moment("2026-11-23T03:40")
NOVEMBER = Period.parse("2026-11")
YEAR = Period.parse("2026")


class World:
    """Two labs in two districts, with three instruments each: too many to look at for a year."""

    def __init__(self, write, now) -> None:
        chance = Random(7)
        with write() as uow:
            self.labs = [make_lab(uow, district=one).key for one in ("fengxi", "fengdong")]
            self.tools = {
                lab: [
                    write_instrument(uow, invented(chance), lab_id=lab, district=district)
                    for _ in range(3)
                ]
                for lab, district in zip(self.labs, ("fengxi", "fengdong"), strict=True)
            }
            roll_up(uow, now=NOW)
            people = {
                "lab": make_actor(uow, Grant(Role.LAB_MANAGER, lab_id=self.labs[0])),
                "finance": make_staff(uow, Role.FINANCE),
            }
            self.sessions = {who: open_session(uow, one, now=now) for who, one in people.items()}


@pytest.fixture
def world(write, clock) -> World:
    return World(write, clock.now())


@pytest.fixture
def kept(world, engine) -> Outside:
    """The days of the world, kept by the job."""
    outside = Outside(engine, {}, settings_for(str(engine.url)))
    assert keep_days(outside, NOW).rows > 0
    return outside


def shown(client, address: str, **asked: object) -> BeautifulSoup:
    answer = client.get(address, params=asked or None)
    assert answer.status_code == 200, answer.text[:500]
    return BeautifulSoup(answer.text, "html.parser")


def by_hand(session, ids: list[int]) -> dict[object, Spent]:
    """November's days, instrument by instrument."""
    found: dict[object, Spent] = {}
    for record in month_records(session, NOVEMBER, ids).values():
        for day, water in days_of(NOVEMBER.span, record.units().values()).items():
            before = found.get(day, Spent(0, 0))
            found[day] = Spent(before.used + water.used, before.open + water.open)
    return found


def test_kept_days_are_the_days_of_all_instruments_together(world, kept, engine):
    first, second = world.labs
    with read_session(engine) as session:
        every = by_hand(session, [*world.tools[first], *world.tools[second]])
        assert kept_days(session, Sight(), NOVEMBER) == every
        assert sum(day.used for day in every.values()) > 0
        for sight in (Sight(lab_id=first), Sight(district="fengxi")):
            assert kept_days(session, sight, NOVEMBER) == by_hand(session, world.tools[first])
        months = session.exec(select(InstrumentMonth)).all()
        days = session.exec(select(KeptDay)).all()
    assert sum(row.used_seconds for row in months) == sum(row.used_seconds for row in days) > 0
    assert sum(row.open_seconds for row in months) == sum(row.open_seconds for row in days)


def stale(engine) -> list[Part]:
    with read_session(engine) as session:
        return parts_to_keep(session)


def test_what_changed_is_kept_anew_and_nothing_else(world, kept, write, engine):
    assert stale(engine) == []
    first, second = world.labs
    at = span("2026-11-08T20:00", "22:00")
    with write() as uow:
        writer = Writer(uow, world.tools[first][0])
        writer.write(Booked(at, State.SETTLED, used=at, effective_minutes=120))
        roll_up(uow, now=moment("2026-11-24T03:30"))
    assert stale(engine) == [Part(first, "fengxi", "2026-11")]
    assert keep_days(kept, moment("2026-11-24T03:40")).rows == 1
    # Whoever moves takes its days along.
    with write() as uow:
        moved = uow.session.get(Instrument, world.tools[first][0])
        assert moved is not None
        moved.lab_id = second
    parts = stale(engine)
    assert {part.lab_id for part in parts} == {first, second}
    assert {part.district for part in parts} == {"fengxi"}
    assert keep_days(kept, moment("2026-11-25T03:40")).rows == len(parts)
    assert stale(engine) == []


@pytest.mark.parametrize("by", ["instrument", "lab", "organisation", "district", "zone"])
def test_the_calendar_of_a_year_is_what_the_report_says(world, kept, client, by):
    be(client, world.sessions["finance"])
    page = shown(client, "/utilisation", period="2026", by=by)
    cells = [cell.get_text() for cell in page.select("#days details td")]
    used = sum(float(text.replace(",", "")) for text in cells if text)
    bar = page.select("#waterfall .bars td.num")[5].get_text().split(" ")[0]
    # Every day is rounded to a tenth.
    assert abs(used - float(bar.replace(",", ""))) <= len(cells) * 0.05
    assert len(page.select("#days rect")) == (NOVEMBER.until - YEAR.first).days
    link = max(page.select("#days td a"), key=lambda one: float(one.get_text()))
    day = shown(client, str(link["href"]))
    bars = the(day, "#waterfall .bars").select("td.num")
    assert bars[5].get_text().split(" ")[0] == link.get_text()


def test_of_more_than_can_be_counted_by_the_day_no_day_leads_to_a_refusal(
    world, kept, client, monkeypatch
):
    monkeypatch.setattr("booking.utilisation.report.counting.JUDGED_AT_MOST", 5)
    be(client, world.sessions["finance"])
    page = shown(client, "/utilisation", period="2026", by="zone")
    assert page.select("#days rect")
    assert not page.select("#days td a")


def test_days_are_for_those_in_whose_reach_all_of_it_is(world, kept, client):
    be(client, world.sessions["lab"])
    assert shown(client, "/utilisation", period="2026", by="lab").select("#days rect")
    for by in ("zone", "district"):
        assert not shown(client, "/utilisation", period="2026", by=by).select("#days")


def test_a_calendar_is_only_of_what_is_kept(world, kept, client):
    be(client, world.sessions["finance"])
    assert not shown(client, "/utilisation", period="2026", least_value=1).select("#days")
    narrowed = shown(client, "/utilisation", period="2026", lab=world.labs[0], by="instrument")
    # Few enough to be looked at as they are now.
    assert narrowed.select("#days rect")
    assert "夜间统计" not in the(narrowed, "#days").get_text()
