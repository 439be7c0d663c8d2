"""vdirsyncer fetches a feed over loopback and khal lists it, as on the computer of a user."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.keep_feed import give_feed
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.rules.feeds import OWN
from tests.conftest import Write
from tests.factories.reservation_values import between
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import FrozenClock

LATER = between("11-25 09:00", "11:00")
_SYNC = """
[general]
status_path = "{home}/status/"
[pair booking]
a = "here"
b = "there"
collections = null
conflict_resolution = "b wins"
partial_sync = "ignore"
[storage here]
type = "filesystem"
path = "{home}/events/"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
_SHOW = """
[calendars]
[[booking]]
path = {home}/events/
readonly = True
[sqlite]
path = {home}/khal.db
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""


@dataclass
class Computer:
    """Somebody's computer with both programs on it."""

    home: Path
    url: str

    def __post_init__(self) -> None:
        (self.home / "events").mkdir()
        (self.home / "sync").write_text(_SYNC.format(home=self.home, url=self.url))
        (self.home / "show").write_text(_SHOW.format(home=self.home))
        self._run("vdirsyncer", "-c", str(self.home / "sync"), "discover", answer="y\n" * 4)

    def shown(self) -> list[str]:
        """What stands in the calendar after looking again: when, whether cancelled, what."""
        self._run("vdirsyncer", "-c", str(self.home / "sync"), "sync")
        form = "{start-long} {end-time} {status}{title}"
        listed = self._run(
            *("khal", "-c", str(self.home / "show"), "list", "-df", ""),
            *("-f", form, "2026-11-20", "30d"),
        )
        return [line.strip() for line in listed.splitlines() if line.strip()]

    def _run(self, program: str, *words: str, answer: str = "") -> str:
        command = [str(Path(sys.executable).parent / program), *words]
        place = {"HOME": str(self.home), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            command,
            input=answer,
            env=place,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.mark.slow
def test_programs_of_users_see_a_booking_made_moved_and_called_off(
    write: Write, live_server: str, clock: FrozenClock, tmp_path: Path
) -> None:
    with write() as uow:
        scene = make_scene(uow)
        secret = give_feed(uow, OWN, actor=scene.member, now=clock.now())
    computer = Computer(tmp_path, f"{live_server}/calendar/{secret}.ics")
    assert computer.shown() == []
    with write() as uow:
        number = make_reservation(uow, scene, now=clock.now()).number
    name = scene.instrument.name
    assert computer.shown() == [f"2026-11-24 12:00 14:00 CONFIRMED {name}"]
    clock.advance(minutes=1)
    with write() as uow:
        reschedule(uow, number, LATER, actor=scene.member, now=clock.now())
    assert computer.shown() == [f"2026-11-25 09:00 11:00 CONFIRMED {name}"]
    clock.advance(minutes=1)
    with write() as uow:
        cancel(uow, number, actor=scene.member, now=clock.now())
    assert computer.shown() == [f"2026-11-25 09:00 11:00 CANCELLED {name}"]
