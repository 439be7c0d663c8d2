"""A short history played through the real actions leaves a house in order."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.accounts.providers.local import passwords
from booking.audit.models import AuditEntry
from booking.billing.models import Charge
from booking.checking.report import broken
from booking.db.transactions import read_session, unit_of_work
from booking.reservations.models.reservation import Reservation
from booking.reservations.states import State
from booking.seeding.casting import settings_of
from booking.seeding.files import SeedFiles
from booking.seeding.funding import activate_for_demo
from booking.seeding.history import Theatre, opening_day, play_history
from booking.seeding.loading import load
from booking.settings import REPOSITORY
from booking.subsidies.models.statement import Settlement, Statement
from booking.wiring import REACTIONS
from tests.support.invariants import assert_sound

SEED = SeedFiles(REPOSITORY / "seed")
NOW = datetime(2026, 11, 3, 6, 30, tzinfo=UTC)
SETTINGS = replace(settings_of(SEED.history), days=14, bookings=170, faults=4, double_bookings=12)


def play(engine, settings, now):
    opened_at = opening_day(settings, now)
    with unit_of_work(engine, REACTIONS) as uow:
        register = load(uow, SEED, now=opened_at, demo_people=passwords("cheapest"))
        finance = register.people["finance@example.com"]
        persons = register.people["finance2@example.com"], finance
        activate_for_demo(uow, SEED, persons=persons, now=opened_at)
    theatre = Theatre(engine, REACTIONS, SEED, register, settings)
    steps: list[tuple[int, int]] = []
    tally = play_history(theatre, now=now, progress=lambda done, all_: steps.append((done, all_)))
    assert steps[-1][0] == steps[-1][1]
    return tally


@pytest.fixture
def played(engine):
    return play(engine, SETTINGS, NOW)


@pytest.mark.slow
def test_months_before_the_first_programme_are_played_without_a_settlement(engine):
    early = replace(SETTINGS, days=4, bookings=20, faults=0, double_bookings=0)
    play(engine, early, datetime(2025, 11, 3, 6, 30, tzinfo=UTC))
    with read_session(engine) as session:
        assert "2025-09" not in session.exec(select(Settlement.period)).all()


@pytest.mark.slow
def test_a_short_history_keeps_every_invariant_and_ends_in_a_lively_today(engine, played):
    assert played["booked"] > 120
    assert played["double bookings refused"] > 0
    assert played["settled statements"] > 0
    with read_session(engine) as session:
        assert_sound(session)
        assert list(broken(session)) == []
        states = Counter(session.exec(select(Reservation.state)))
        assert states[State.SETTLED] > 20
        assert states[State.IN_USE] > 0
        assert states[State.CONFIRMED] > 0
        assert states[State.COMPLETED] > 0
        _time_moved_forward(session)
        _money_followed(session)


def _time_moved_forward(session) -> None:
    written = session.exec(select(AuditEntry.at).order_by(col(AuditEntry.id))).all()
    assert written == sorted(written)
    assert written[-1] <= NOW
    created = session.exec(select(Reservation.created_at, Reservation.starts_at)).all()
    assert all(asked < starts for asked, starts in created)
    assert max(starts for _, starts in created) > NOW + timedelta(days=1)


def _money_followed(session) -> None:
    settled = session.execute(
        sa.select(sa.func.count()).where(col(Reservation.state) == State.SETTLED)
    ).scalar_one()
    charged = session.exec(select(Charge.kind)).all()
    assert Counter(charged)["use"] == settled
    periods = session.exec(select(Settlement.period)).all()
    assert "2026-10" in periods
    assert session.exec(select(Statement.payable_fen)).first() is not None
