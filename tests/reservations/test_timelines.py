"""Timelines and the calendar of an instrument: who reads what, in how many statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close
from booking.instruments.calendar.months import DayState, agenda_of, month_of
from booking.instruments.models.calendar import ClosureKind
from booking.kernel.timespan import TimeSpan
from booking.web.blocks import BlockKind
from tests.factories.instruments import make_instrument
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, make_reservation, make_scene
from tests.reservations.visiting import Visit, soup, text_of
from tests.support.clock import FrozenClock

TUESDAY = "2026-11-24"


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database inside the block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def test_a_comparison_says_of_others_only_that_time_is_taken(visit: Visit) -> None:
    scene, other = visit.scene(), visit.scene()
    number = visit.book(scene)
    path = f"/timeline?instrument={scene.instrument.key}&day={TUESDAY}"
    rival = visit.by(other.member).get(path)
    assert "12:00–14:00" in text_of(rival)
    assert scene.company.name not in rival.text
    assert number not in rival.text
    visitor = soup(visit.client.get(path)).select(".timeline .slot.occupied")
    assert len(visitor) == 1


def test_whose_time_it_is_the_company_and_the_lab_read_and_may_move(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    path = f"/timeline?instrument={scene.instrument.key}&day={TUESDAY}"
    for reader in (scene.member, scene.manager):
        (block,) = soup(visit.by(reader).get(path)).select(".timeline a.slot.mine")
        assert block["data-moves"] == number
    lab = f"/manage/labs/{scene.instrument.lab_id}/timeline?day={TUESDAY}"
    assert scene.company.name in visit.by(scene.manager).get(lab).text


@pytest.mark.parametrize("calendar", ["/timeline?instrument={}&day={}", "/instruments/{}?week={}"])
def test_how_bookings_are_moved_is_said_once_by_their_grid(visit: Visit, calendar: str) -> None:
    scene = visit.scene()
    visit.book(scene)
    visit.book(scene, between("11-24 15:00", "16:00"))
    page = soup(visit.by(scene.member).get(calendar.format(scene.instrument.key, TUESDAY)))
    blocks = page.select("a[data-moves]")
    assert len(blocks) == 2
    for block in blocks:
        (told,) = page.select(f"#{block['aria-describedby']}")
        assert told.get_text(strip=True)
        assert told.has_attr("hidden")


def test_buffers_around_ones_own_booking_stay_taken(visit: Visit) -> None:
    scene = visit.scene(policy={"buffer_after_minutes": 30})
    visit.book(scene)
    page = soup(visit.by(scene.member).get(f"/instruments/{scene.instrument.key}?week={TUESDAY}"))
    (mine,) = page.select(".week a.slot.mine")
    (buffer,) = page.select(".week .slot.occupied")
    assert "12:00–14:00" in mine.text
    assert "14:00–14:30" in buffer.text


@pytest.mark.parametrize("view", ["day", "week"])
def test_many_instruments_cost_no_more_statements_than_one(
    visit: Visit, engine: Engine, view: str
) -> None:
    scene = visit.scene()
    visit.book(scene)
    with visit.write() as uow:
        lab = scene.instrument.lab_id
        more = [make_instrument(uow, lab_id=lab).key for _ in range(3)]
    client = visit.by(scene.manager)
    asked = [f"instrument={key}" for key in (scene.instrument.key, *more)]
    told = []
    for some in (asked[:1], asked):
        with counted(engine) as seen:
            assert client.get(f"/timeline?view={view}&{'&'.join(some)}").status_code == 200
        told.append(len(seen))
    assert told[0] == told[1]


def test_what_is_remembered_of_instruments_is_not_read_again(visit: Visit, engine: Engine) -> None:
    scene = visit.scene()
    told = []
    for _ in range(2):
        with counted(engine) as seen:
            visit.client.get(f"/timeline?instrument={scene.instrument.key}")
        told.append(len(seen))
    assert told[1] < told[0] - 5


@pytest.mark.parametrize("asked", ["", "instrument=x", "instrument=999999", "view=year&day=never"])
def test_an_address_that_means_nothing_compares_nothing(visit: Visit, asked: str) -> None:
    answer = visit.client.get(f"/timeline?{asked}")
    assert answer.status_code == 200
    assert not soup(answer).select(".timeline-row")


def test_a_month_says_of_each_day_what_is_left(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    key = scene.instrument.key
    make_reservation(uow, scene, NOON, now=clock.now())
    wednesday = Closing(TimeSpan.of_local_day(date(2026, 11, 25)), ClosureKind.MAINTENANCE)
    close(uow, key, wednesday, actor=scene.manager, now=clock.now())
    month = month_of(uow.session, key, date(2026, 11, 24), now=clock.now())
    cells = {cell.day.day: cell for week in month.weeks for cell in week if cell}
    assert len(cells) == 30
    assert [cells[day].state for day in (22, 24, 25)] == [
        DayState.OVER,
        DayState.FREE,
        DayState.FULL,
    ]
    assert cells[24].free == timedelta(hours=22)
    # What is over of today is not left.
    assert cells[23].free == timedelta(hours=15)
    assert (month.before, month.after) == (date(2026, 10, 1), date(2026, 12, 1))


def test_an_agenda_tells_free_and_taken_time_in_order(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, NOON, now=clock.now())
    days = agenda_of(uow.session, scene.instrument.key, date(2026, 11, 24), now=clock.now())
    told = [(line.kind, line.span) for line in days[0].lines]
    assert told == [
        (BlockKind.FREE, between("11-24 00:00", "12:00")),
        (BlockKind.OCCUPIED, NOON),
        (BlockKind.FREE, TimeSpan(NOON.end, TimeSpan.of_local_day(date(2026, 11, 24)).end)),
    ]
    assert len(days) == 14


@pytest.mark.parametrize("view", ["day", "month", "agenda", "nonsense"])
def test_each_view_has_an_address_and_leads_on(visit: Visit, view: str) -> None:
    scene = visit.scene()
    path = f"/instruments/{scene.instrument.key}/calendar?view={view}&day={TUESDAY}"
    page = soup(visit.client.get(path))
    assert page.select_one(".tabs a[aria-current=page]")
    for link in page.select("a[rel]"):
        assert visit.client.get(str(link["href"])).status_code == 200
