"""Calendars: full weeks as pages, against their bare rows read by the driver.

    python -m bench.calendars [--only sqlite|postgresql]

An instrument's week of 100 bookings, the week of a lab with 17 instruments and 295 bookings, and a
comparison of 12. Milliseconds are time that this process worked, the way there and back of a
refused request taken off; the machine may be busy meanwhile.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from bench.copying import Copy, copy_bookings, gather_figures
from bench.harness import KINDS, each_kind, share, worked
from booking.app import create_app
from booking.db.transactions import unit_of_work
from booking.kernel.timespan import TimeSpan
from booking.reservations.states import State
from booking.wiring import REACTIONS
from tests.factories.accounts import be, open_session
from tests.factories.instruments import Week, make_instrument
from tests.factories.reservations import make_reservation, make_scene
from tests.support import serving
from tests.support.clock import FrozenClock

MONDAY: Final = datetime(2026, 11, 22, 16, tzinfo=UTC)
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
_WEEK: Final = "2026-11-24"
_STATES: Final = (State.CONFIRMED, State.REQUESTED, State.CONFIRMED, State.IN_USE)
_BARE: Final = (
    "SELECT r.number, r.starts_at, r.ends_at, r.state, o.name FROM reservation r"
    " JOIN organisation o ON o.id = r.organisation_id"
    " WHERE r.instrument_id IN ({}) AND r.starts_at >= {} AND r.starts_at < {} ORDER BY r.starts_at"
)


@dataclass(frozen=True)
class Stage:
    """The lab's instruments, one that is full, who runs the lab, and who books."""

    lab_id: int
    instruments: tuple[int, ...]
    full: int
    manager: str
    member: str


def set_the_stage(engine: Engine) -> Stage:
    """17 instruments with 295 bookings in a week, another with 100 bookings alone."""
    with unit_of_work(engine, REACTIONS) as uow:
        now = FrozenClock().now()
        scene = make_scene(uow)
        lab = scene.instrument.lab_id
        week: Week = dict.fromkeys(range(1, 8), (("08:00", "20:00"),))
        more = [make_instrument(uow, lab_id=lab, week=week).key for _ in range(16)]
        full = make_instrument(uow).key
        far = TimeSpan(MONDAY + 30 * DAY, MONDAY + 30 * DAY + HOUR)
        original = make_reservation(uow, scene, far, now=now)
        instruments = (scene.instrument.key, *more)
        copy_bookings(uow.session, original, _of_lab(instruments))
        copy_bookings(uow.session, original, _of_one(full))
        manager, member = (
            open_session(uow, actor, now=now) for actor in (scene.manager, scene.member)
        )
        made = Stage(lab, instruments, full, manager, member)
    gather_figures(engine)
    return made


def _of_lab(instruments: Sequence[int]) -> Iterator[Copy]:
    """One after the other, from 8 to 20, at quarters of an hour."""
    for n in range(295):
        row, which = divmod(n, len(instruments))
        day, place = divmod(row, 3)
        start = MONDAY + day * DAY + (8 + 4 * place) * HOUR + which % 3 * HOUR / 4
        state = _STATES[n % len(_STATES)]
        yield Copy(instruments[which], TimeSpan(start, start + 3 * HOUR), {"state": state})


def _of_one(instrument_id: int) -> Iterator[Copy]:
    for n in range(100):
        start = MONDAY + n // 15 * DAY + (8 + n % 15) * HOUR
        yield Copy(instrument_id, TimeSpan(start, start + HOUR / 2), {"state": State.CONFIRMED})


def measure(engine: Engine) -> None:
    """Print each page beside its rows."""
    stage = set_the_stage(engine)
    twelve = stage.instruments[:12]
    several = "&".join(f"instrument={one}" for one in twelve)
    alone = f"/instruments/{stage.full}?week={_WEEK}"
    lab = f"/manage/labs/{stage.lab_id}/timeline?view=week&day={_WEEK}"
    compared = f"/timeline?view=week&day={_WEEK}&{several}"
    asked = (
        ("week of an instrument", alone, "", (stage.full,)),
        ("the same, by who booked", alone, stage.member, (stage.full,)),
        ("week of a lab", lab, stage.manager, stage.instruments),
        ("comparison of 12", compared, "", twelve),
        ("the same, by who booked", compared, stage.member, twelve),
    )
    app = create_app(serving.test_settings(str(engine.url)), engine=engine, clock=FrozenClock())
    print("  milliseconds of work         rows    part    page   page to rows    kB")
    with TestClient(app) as client:
        for name, path, reader, instruments in asked:
            be(client, reader)
            bare = share(worked(lambda of=instruments: _rows(engine, of), times=30), 0.5)  # type: ignore[misc]
            empty = share(worked(lambda: client.get("/api/v1/nothing"), times=30), 0.5)
            part = _median(client, path, {"HX-Request": "true"}) - empty
            page = _median(client, path, {}) - empty
            size = len(client.get(path).content) / 1000
            print(f"  {name:<26}{bare:7.2f}{part:8.1f}{page:8.1f}{page / bare:13.0f}x{size:8.0f}")


def _median(client: TestClient, path: str, headers: dict[str, str]) -> float:
    assert client.get(path).status_code == 200
    return share(worked(lambda: client.get(path, headers=headers), times=30), 0.5)


def _rows(engine: Engine, instruments: Sequence[int]) -> None:
    sqlite = engine.dialect.name == "sqlite"
    mark = "?" if sqlite else "%s"
    marks = ", ".join([mark] * len(instruments))
    reach: list[object] = [MONDAY, MONDAY + 7 * DAY]
    if sqlite:
        reach = [int(moment.timestamp() * 1_000_000) for moment in (MONDAY, MONDAY + 7 * DAY)]
    with engine.connect() as connection:
        connection.exec_driver_sql(
            _BARE.format(marks, mark, mark), (*instruments, *reach)
        ).fetchall()


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=KINDS)
    for engine in each_kind(parser.parse_args().only):
        measure(engine)


if __name__ == "__main__":
    main()
