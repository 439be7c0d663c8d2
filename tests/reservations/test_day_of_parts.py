"""The day sheet: what happens to a whole happens to its parts, and what is broken stays so."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close
from booking.instruments.actions.faults import close_for_fault, report_fault
from booking.instruments.models.calendar import ClosureKind
from booking.kernel.timespan import TimeSpan
from booking.reservations.calendar.day import day_of_lab
from booking.reservations.queries.lists import on_day_in_lab
from booking.web.blocks import BlockKind
from tests.factories.reservations import NOON, Scene
from tests.reservations.actions.test_parts import make_beamline, taken
from tests.support.clock import FrozenClock

TUESDAY = date(2026, 11, 24)
Happens = Callable[[UnitOfWork, Scene, FrozenClock], object]


def maintained(uow: UnitOfWork, scene: Scene, clock: FrozenClock) -> object:
    closing = Closing(NOON, ClosureKind.MAINTENANCE)
    return close(uow, scene.instrument.key, closing, actor=scene.manager, now=clock.now())


def broken_long_ago(uow: UnitOfWork, scene: Scene, clock: FrozenClock) -> object:
    then, key = clock.now() - timedelta(days=3), scene.instrument.key
    fault = report_fault(uow, key, "异响", actor=scene.manager, now=then)
    until = then + timedelta(days=1)
    return close_for_fault(uow, fault.key, actor=scene.manager, now=then, until=until)


def shown(uow: UnitOfWork, scene: Scene, now: datetime) -> dict[str, list[BlockKind]]:
    lab_id = scene.instrument.lab_id
    booked = on_day_in_lab(uow.session, lab_id, TimeSpan.of_local_day(TUESDAY))
    sheet = day_of_lab(uow.session, lab_id, TUESDAY, booked=booked, now=now)
    found: dict[str, list[BlockKind]] = {}
    for row in sheet.rows:
        found.setdefault(row.href, []).extend(slot.kind for slot in row.slots)
    return found


@pytest.mark.parametrize(
    ("happens", "kind"),
    [
        (taken, BlockKind.NEXT),
        (maintained, BlockKind.MAINTENANCE),
        (broken_long_ago, BlockKind.FAULT),
    ],
)
def test_parts_show_what_happens_to_their_whole(
    uow: UnitOfWork, clock: FrozenClock, happens: Happens, kind: BlockKind
) -> None:
    family = whole, station, detector = make_beamline(uow)
    happens(uow, station, clock)
    sheet = shown(uow, whole, clock.now())
    lines = [sheet[f"/instruments/{one.instrument.key}"] for one in family]
    assert lines[0] == []
    assert kind in lines[1]
    assert lines[2] == [kind]
    assert detector.instrument.lab_id == whole.instrument.lab_id
