"""A use that the clock ended: the lab tells when it was really over, and that is reckoned."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge
from booking.checking import money, time
from booking.credit.rules import Cause
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.dispute import dispute, resolve
from booking.reservations.errors import UseRecordWrong
from booking.reservations.jobs import close_forgotten
from booking.reservations.rules.use_record import Outcome, UseRecord
from tests.factories.credit import entries, make_rules
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    Scene,
    make_reservation,
    make_scene,
    told_of,
    use_of,
)
from tests.support.clock import FrozenClock

AFTERNOON = between("11-24 14:00", "16:00")
BUFFERS: dict[str, object] = {"buffer_before_minutes": 10, "buffer_after_minutes": 10}


def begun(uow: UnitOfWork, scene: Scene, clock: FrozenClock) -> str:
    """The number of a booking from noon to two that is in use."""
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.member, now=NOON.start)
    return made.number


def charged(session: Session) -> list[tuple[str, int]]:
    rows = session.execute(sa.select(col(Charge.number), col(Charge.amount_fen)))
    return [(number[:2], amount) for number, amount in rows]


def assert_proven(session: Session) -> None:
    for proof in (*time.PROOFS, *money.PROOFS):
        assert list(proof.find(session)) == [], proof


EVENING = at("11-24 18:00")


def forgotten(uow: UnitOfWork, scene: Scene, clock: FrozenClock) -> str:
    """The same, ended by the clock."""
    number = begun(uow, scene, clock)
    close_forgotten(uow, NOON.end + timedelta(hours=1))
    return number


def ended(when: str, minutes: int = 0) -> UseRecord:
    return UseRecord(test_minutes=minutes, ended_at=at(when))


def test_a_forgotten_use_that_really_ran_over_is_reckoned_when_the_lab_tells_its_end(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    make_rules(uow)
    scene = make_scene(uow, policy={"overrun_grace_minutes": 10, "overrun_percent": 150})
    number = forgotten(uow, scene, clock)
    confirm(uow, number, actor=scene.manager, now=EVENING, record=ended("11-24 17:00", 290))
    usage = use_of(uow.session, number)
    assert (usage.ended_at, usage.overrun_minutes) == (at("11-24 17:00"), 180)
    assert (usage.test_minutes, usage.idle_minutes) == (290, 10)
    # Three hours more at 800.00, and half as much again.
    assert charged(uow.session) == [("O-", 360_000)]
    assert entries(uow.session, number) == [(Cause.OVERRUN, -5)]
    assert told_of(uow.session, number).count("reservation.overran") == 1
    assert_proven(uow.session)


def test_a_real_end_is_told_once(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"overrun_percent": 150})
    number = forgotten(uow, scene, clock)
    confirm(uow, number, actor=scene.manager, now=EVENING, record=ended("11-24 16:00"))
    dispute(uow, number, actor=scene.member, now=EVENING, reason="早已离开")
    with pytest.raises(UseRecordWrong) as refused:
        resolve(
            uow,
            number,
            actor=scene.manager,
            now=EVENING,
            reason="核对",
            outcome=Outcome(record=ended("11-24 17:00")),
        )
    assert [one.code for one in refused.value.violations] == ["use.end_known"]


def test_a_real_end_before_the_booked_one_runs_over_nothing(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"overrun_percent": 150})
    number = forgotten(uow, scene, clock)
    confirm(uow, number, actor=scene.manager, now=EVENING, record=ended("11-24 13:00"))
    usage = use_of(uow.session, number)
    assert (usage.test_minutes, usage.overrun_minutes) == (60, 0)
    assert charged(uow.session) == []


@pytest.mark.parametrize(
    ("when", "possible"),
    [
        ("11-24 11:59", False),
        ("11-24 12:00", True),
        ("11-24 16:00", True),
        # By then the next had begun; and the evening is not over yet.
        ("11-24 16:01", False),
        ("11-24 18:01", False),
    ],
)
def test_a_use_ended_after_it_began_and_before_the_next_did(
    uow: UnitOfWork, clock: FrozenClock, when: str, *, possible: bool
) -> None:
    scene = make_scene(uow)
    number = forgotten(uow, scene, clock)
    soon = make_reservation(uow, scene, between("11-24 16:00", "17:00"), now=clock.now())
    check_in(uow, soon.number, actor=scene.member, now=at("11-24 16:00"))
    if possible:
        confirm(uow, number, actor=scene.manager, now=EVENING, record=ended(when))
        assert use_of(uow.session, number).ended_at == at(when)
        return
    with pytest.raises(UseRecordWrong) as refused:
        confirm(uow, number, actor=scene.manager, now=EVENING, record=ended(when))
    assert [one.code for one in refused.value.violations] == ["use.end_impossible"]


def test_nobody_changes_the_end_of_a_use_that_somebody_ended(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = begun(uow, scene, clock)
    check_out(uow, number, None, actor=scene.member, now=at("11-24 13:30"))
    with pytest.raises(UseRecordWrong):
        confirm(uow, number, actor=scene.manager, now=EVENING, record=ended("11-24 14:30"))
