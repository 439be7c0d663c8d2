"""A server killed in the middle of booking: what it promised is there, nothing half is."""

import random
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.reservation import Reservation
from booking.web.json import rfc3339
from tests.factories.accounts import bearer
from tests.factories.reservation_values import at
from tests.factories.reservations import Scene, make_scene
from tests.support.clock import FileClock
from tests.support.crowd import Asking
from tests.support.invariants import assert_sound
from tests.support.serving import Server

pytestmark = [pytest.mark.race, pytest.mark.slow]

Write = Callable[[], AbstractContextManager[UnitOfWork]]
BOOKINGS = 500
DEATHS = 5
ASKERS = 4
FIRST = at("11-24 00:00")


@dataclass
class Diary:
    """What the askers still want, and what was promised to them."""

    left: list[int] = field(default_factory=lambda: list(range(BOOKINGS)))
    promised: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> int | None:
        with self.lock:
            return self.left.pop() if self.left else None

    def note(self, number: str) -> None:
        with self.lock:
            self.promised.append(number)

    def is_at(self, count: int) -> bool:
        with self.lock:
            return len(self.promised) >= count or not self.left


def quarter(n: int) -> TimeSpan:
    start = FIRST + n * timedelta(minutes=15)
    return TimeSpan(start, start + timedelta(minutes=15))


def ask_until_dead(server: Server, scene: Scene, key: dict[str, str], diary: Diary) -> None:
    """Book one quarter of an hour after the other; a lost answer is no promise."""
    while (n := diary.next()) is not None:
        body = {
            "instrument_id": scene.instrument.key,
            "starts_at": rfc3339(quarter(n).start),
            "ends_at": rfc3339(quarter(n).end),
            "purpose": "断口形貌",
        }
        try:
            answer = Asking("/api/v1/reservations", body, key).send(server.url)
        except (OSError, HTTPException):
            return
        assert answer.status == 201, answer.body
        diary.note(answer.body["number"])


def live_and_die(server: Server, scene: Scene, key: dict[str, str], diary: Diary) -> None:
    """Serve until a random promise has been made, then end without a word."""
    chance = random.Random(len(diary.promised))
    last = len(diary.promised) + chance.randint(20, 2 * BOOKINGS // DEATHS - 20)
    askers = [
        threading.Thread(target=ask_until_dead, args=(server, scene, key, diary))
        for _ in range(ASKERS)
    ]
    for asker in askers:
        asker.start()
    gone = threading.Event()
    while not diary.is_at(last) and any(asker.is_alive() for asker in askers):
        gone.wait(chance.random() / 50)
    server.kill()
    for asker in askers:
        asker.join()


def test_every_promised_booking_is_there_and_nothing_half_is(
    write: Write, start_server: Callable[..., Server], file_clock: FileClock
) -> None:
    with write() as uow:
        scene = make_scene(uow, policy={"grid_minutes": 15, "shortest_minutes": 15})
        key = bearer(uow, scene.member, now=file_clock.now())
    diary = Diary()
    for _ in range(DEATHS):
        live_and_die(start_server(), scene, key, diary)
    last = start_server()
    ask_until_dead(last, scene, key, diary)

    with write() as uow:
        numbers = set(uow.session.execute(sa.select(col(Reservation.number))).scalars())
        told = uow.session.execute(
            sa.select(sa.func.count()).where(col(AuditEntry.name) == "reservation.confirmed")
        ).scalar_one()
        assert_sound(uow.session)
    assert set(diary.promised) <= numbers
    assert told == len(numbers)
    # At most one booking per asker and death was made without its maker hearing of it.
    assert len(numbers) - len(diary.promised) <= ASKERS * DEATHS
    assert len(numbers) > BOOKINGS - 2 * ASKERS * DEATHS
