"""The demo opens its doors when its history is over, or when its visitor has waited long enough."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from booking.commands.demonstrating import Playback, seeded
from booking.db.transactions import read_session
from booking.reservations.models.reservation import Reservation
from booking.settings import Settings

NOW = datetime(2026, 11, 3, 6, 30, tzinfo=UTC)

# One database is enough: what is played is the same on both, and tested elsewhere.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


@pytest.fixture
def playback(engine):
    settings = Settings(
        database_url=str(engine.url), secret_key="only-for-tests", password_cost="cheapest"
    )
    theatre = seeded(engine, settings, now=NOW)
    short = replace(
        theatre.settings, days=10, upcoming_days=2, bookings=40, faults=0, double_bookings=0
    )
    return Playback(replace(theatre, settings=short), now=NOW, settings=settings)


def booked(engine) -> int:
    with read_session(engine) as session:
        return len(session.exec(select(Reservation.number)).all())


def clock_ticks() -> bool:
    return any(thread.name == "APScheduler" for thread in threading.enumerate())


def test_whoever_is_patient_finds_all_of_it_and_a_ticking_clock(engine, playback):
    playback.start(patience=300)
    told, ticked, found = playback.notice(), clock_ticks(), booked(engine)
    playback.stop()
    assert (told, ticked, clock_ticks()) == ("", True, False)
    assert found > 20


def test_whoever_is_not_is_let_in_and_told_how_far_it_has_come(engine, playback):
    playback.start(patience=0)
    told = playback.notice()
    playback.stop()
    assert "%" in told
    assert (playback.notice(), clock_ticks()) == ("", False)
