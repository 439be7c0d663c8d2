"""The centre puts a record right: charges and credit follow, before and after it was settled."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge, ChargeCorrection, ChargeKind
from booking.checking import credit as credit_proofs
from booking.checking import money, time
from booking.credit.models import CreditEntry
from booking.db.transactions import UnitOfWork
from booking.instruments.models.tariff import Tariff
from booking.instruments.rules.tariff import Basis
from booking.kernel.errors import Forbidden
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import balance
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.correct_use import correct_use
from booking.reservations.actions.dispute import ask_centre, dispute, resolve
from booking.reservations.errors import CentreDecides, IllegalTransition, UseRecordWrong
from booking.reservations.rules.use_record import Outcome, UseRecord
from booking.reservations.states import State
from tests.factories.accounts import make_staff
from tests.factories.credit import make_rules
from tests.factories.reservation_values import at
from tests.factories.reservations import (
    NOON,
    Scene,
    make_reservation,
    make_scene,
    make_use,
    state_of,
    use_of,
)
from tests.support.clock import FrozenClock

THREE = at("11-24 15:00")
LATER = at("11-25 09:00")
COSTLY: dict[str, object] = {"overrun_percent": 100}


def ran_over(uow: UnitOfWork, scene: Scene, clock: FrozenClock, until: datetime = THREE) -> str:
    """The number of a booking from noon to two that ended an hour late."""
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.member, now=NOON.start)
    check_out(uow, made.number, None, actor=scene.manager, now=until)
    return made.number


def before_the_centre(uow: UnitOfWork, scene: Scene, number: str) -> None:
    dispute(uow, number, actor=scene.member, now=THREE, reason="设备故障，无法按时取出样品")
    ask_centre(uow, number, actor=scene.member, now=THREE)


def owed(session: Session) -> dict[str, int]:
    """What every charge comes to, by the beginning of its number."""
    rows = session.execute(
        sa.select(
            col(Charge.number),
            col(Charge.amount_fen)
            + sa.func.coalesce(
                sa.select(sa.func.sum(col(ChargeCorrection.amount_fen)))
                .where(col(ChargeCorrection.charge_id) == col(Charge.id))
                .scalar_subquery(),
                0,
            ),
        )
    )
    return {number[:1]: amount for number, amount in rows}


def points(session: Session) -> int:
    return int(session.execute(sa.select(sa.func.sum(col(CreditEntry.points)))).scalar_one() or 0)


def assert_proven(session: Session) -> None:
    for proof in (*time.PROOFS, *money.PROOFS, *credit_proofs.PROOFS):
        assert list(proof.find(session)) == [], proof


@pytest.mark.parametrize(
    ("outcome", "fee", "counts"),
    [
        (Outcome(), 80_000, True),
        (Outcome(without_fee=True), 0, True),
        (Outcome(without_points=True), 80_000, False),
        (Outcome(without_fee=True, without_points=True), 0, False),
    ],
)
def test_the_centre_takes_back_what_running_over_cost_and_counted(
    uow: UnitOfWork, clock: FrozenClock, outcome: Outcome, fee: int, counts: bool
) -> None:
    make_rules(uow)
    scene, centre = make_scene(uow, policy=COSTLY), make_staff(uow)
    number = ran_over(uow, scene, clock)
    lost = points(uow.session)
    assert lost < 0
    before_the_centre(uow, scene, number)
    resolve(uow, number, actor=centre, now=THREE, reason="故障属实", outcome=outcome)
    assert state_of(uow.session, number) is State.SETTLED
    assert owed(uow.session) == {"O": fee, "C": 160_000}
    assert balance(uow.session, AccountKind.RECEIVABLE, scene.company.key) == 160_000 + fee
    assert points(uow.session) == (lost if counts else 0)
    assert use_of(uow.session, number).overrun_minutes == 60
    assert_proven(uow.session)


def test_only_the_centre_takes_a_fee_back(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=COSTLY)
    number = ran_over(uow, scene, clock)
    dispute(uow, number, actor=scene.member, now=THREE, reason="设备故障")
    outcome = Outcome(without_fee=True)
    with pytest.raises(CentreDecides):
        resolve(uow, number, actor=scene.manager, now=THREE, reason="同意", outcome=outcome)


def test_an_end_that_the_centre_corrects_takes_the_fee_along(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, centre = make_scene(uow, policy=COSTLY), make_staff(uow)
    number = ran_over(uow, scene, clock)
    before_the_centre(uow, scene, number)
    record = UseRecord(test_minutes=150, ended_at=at("11-24 14:30"))
    outcome = Outcome(record=record)
    resolve(uow, number, actor=centre, now=THREE, reason="门禁记录", outcome=outcome)
    assert owed(uow.session) == {"O": 40_000, "C": 160_000}
    usage = use_of(uow.session, number)
    assert (usage.overrun_minutes, usage.overrun_fen) == (30, 40_000)
    assert_proven(uow.session)


def by_presence(uow: UnitOfWork, scene: Scene) -> None:
    """Charge the time that was really used."""
    of_the_scene = col(Tariff.instrument_id) == scene.instrument.key
    uow.session.execute(sa.update(Tariff).where(of_the_scene).values(basis=Basis.ACTUAL))


def settled(uow: UnitOfWork, scene: Scene, number: str) -> str:
    for side in (scene.manager, scene.member):
        confirm(uow, number, actor=side, now=LATER)
    return number


def test_a_settled_use_is_put_right_and_its_charges_follow_both_ways(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    make_rules(uow)
    scene, centre = make_scene(uow, policy=COSTLY), make_staff(uow)
    by_presence(uow, scene)
    number = settled(uow, scene, ran_over(uow, scene, clock))
    assert owed(uow.session) == {"O": 80_000, "C": 240_000}
    shorter = Outcome(record=UseRecord(test_minutes=120, ended_at=NOON.end))
    correct_use(uow, number, actor=centre, now=LATER, reason="门禁记录", outcome=shorter)
    assert owed(uow.session) == {"O": 0, "C": 160_000}
    assert state_of(uow.session, number) is State.SETTLED
    assert_proven(uow.session)
    longer = Outcome(record=UseRecord(test_minutes=180, ended_at=THREE))
    correct_use(uow, number, actor=centre, now=LATER, reason="复核", outcome=longer)
    assert owed(uow.session) == {"O": 80_000, "C": 240_000}
    assert balance(uow.session, AccountKind.RECEIVABLE, scene.company.key) == 320_000
    assert_proven(uow.session)


def test_running_over_that_comes_to_light_later_is_charged_then(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, centre = make_scene(uow, policy=COSTLY), make_staff(uow)
    number = settled(uow, scene, make_use(uow, scene, now=clock.now()).number)
    late = Outcome(record=UseRecord(test_minutes=180, samples=2, ended_at=THREE))
    correct_use(uow, number, actor=centre, now=LATER, reason="监控记录", outcome=late)
    assert owed(uow.session) == {"C": 184_000, "O": 80_000}
    assert_proven(uow.session)


def test_figures_of_a_completed_use_are_confirmed_anew(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene, centre = make_scene(uow), make_staff(uow)
    made = make_use(uow, scene, now=clock.now())
    confirm(uow, made.number, actor=scene.manager, now=NOON.end)
    fewer = Outcome(record=UseRecord(test_minutes=60, samples=1))
    correct_use(uow, made.number, actor=centre, now=LATER, reason="核对", outcome=fewer)
    assert use_of(uow.session, made.number).host_confirmed_at is None
    settled(uow, scene, made.number)
    assert owed(uow.session) == {"C": 172_000}


def test_nobody_else_puts_right_and_nothing_that_is_not_over(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, centre = make_scene(uow), make_staff(uow)
    made = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(IllegalTransition):
        correct_use(uow, made.number, actor=centre, now=LATER, reason="核对", outcome=Outcome())
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    check_out(uow, made.number, None, actor=scene.manager, now=NOON.end)
    outcome = Outcome()
    with pytest.raises(Forbidden):
        correct_use(uow, made.number, actor=scene.manager, now=LATER, reason="x", outcome=outcome)
    impossible = Outcome(record=UseRecord(ended_at=at("11-24 11:00")))
    with pytest.raises(UseRecordWrong):
        correct_use(uow, made.number, actor=centre, now=LATER, reason="核对", outcome=impossible)


def test_what_was_corrected_is_told_once_for_each_entry(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, centre = make_scene(uow, policy=COSTLY), make_staff(uow)
    number = ran_over(uow, scene, clock)
    for _ in range(2):
        outcome = Outcome(without_fee=True)
        correct_use(uow, number, actor=centre, now=LATER, reason="停电", outcome=outcome)
    entered = uow.session.execute(sa.select(col(ChargeCorrection.number))).scalars().all()
    assert entered == [f"O-{number}/1"]
    kinds = uow.session.execute(sa.select(col(Charge.kind))).scalars().all()
    assert kinds == [ChargeKind.OVERRUN]
