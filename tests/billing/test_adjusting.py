"""A charge comes to another amount by entries beside it; above the limit it takes two."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.billing.actions.adjust import (
    adjust,
    approve_adjustment,
    refuse_adjustment,
    set_limit,
)
from booking.billing.errors import (
    AdjustmentDecided,
    AdjustmentNothing,
    AdjustmentPending,
    ApproverAsked,
    OwnCharge,
)
from booking.billing.models import ChargeAdjustment, ChargeCorrection
from booking.billing.queries.standing import adjusted_charges, limit_in_force
from booking.billing.rules import Standing, needs_second
from booking.billing.states import AdjustmentState
from booking.checking import money
from booking.kernel.errors import Forbidden, NotFound
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import balance
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.confirm import confirm
from tests.factories.accounts import make_lab_person, make_member, make_staff
from tests.factories.reservations import make_scene, make_use
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
WEDNESDAY = moment("2026-11-25T09:00")


@pytest.fixture
def scene(uow):
    return make_scene(uow)


@pytest.fixture
def number(uow, scene):
    """A charge of 1840.00."""
    made = make_use(uow, scene, now=MONDAY)
    for side in (scene.manager, scene.member):
        confirm(uow, made.number, actor=side, now=WEDNESDAY)
    return f"C-{made.number}"


@pytest.fixture
def finance(uow):
    return make_staff(uow, Role.FINANCE)


def owed(uow) -> int:
    adjusted = adjusted_charges()
    return int(uow.session.execute(sa.select(adjusted.c.adjusted_fen)).scalar_one())


def to(uow, number, to_fen, actor, reason="样品损坏"):
    return adjust(uow, number, to_fen, actor=actor, now=WEDNESDAY, reason=reason)


def told(uow, step):
    rows = uow.session.execute(
        sa.select(col(OutboxMessage.user_id), col(OutboxMessage.params)).where(
            col(OutboxMessage.fact) == "charge_step"
        )
    )
    return {user for user, params in rows if params["step"] == step}


def test_within_the_limit_one_person_takes_off_at_once(uow, scene, number):
    asked = to(uow, number, 150_000, scene.manager)
    assert asked.state is AdjustmentState.APPLIED
    assert owed(uow) == 150_000
    assert balance(uow.session, AccountKind.RECEIVABLE, scene.company.key) == 150_000
    assert told(uow, "charge.corrected") == {scene.member.id, scene.admin.id}
    for proof in money.PROOFS:
        assert list(proof.find(uow.session)) == []


def test_a_waiver_above_the_limit_waits_for_somebody_else(uow, scene, number, finance):
    second = make_lab_person(uow, scene.instrument.lab_id)
    asked = to(uow, number, 0, scene.manager)
    assert (asked.state, owed(uow)) == (AdjustmentState.REQUESTED, 184_000)
    assert told(uow, "charge.adjustment_asked") == {second.id, finance.id}
    with pytest.raises(ApproverAsked):
        approve_adjustment(uow, asked.key, actor=scene.manager, now=WEDNESDAY)
    with pytest.raises(AdjustmentPending):
        to(uow, number, 150_000, finance)
    approve_adjustment(uow, asked.key, actor=finance, now=WEDNESDAY)
    assert owed(uow) == 0
    with pytest.raises(AdjustmentDecided):
        approve_adjustment(uow, asked.key, actor=second, now=WEDNESDAY)
    for proof in money.PROOFS:
        assert list(proof.find(uow.session)) == []


def test_what_is_refused_changes_nothing_and_whoever_asked_reads_why(uow, scene, number, finance):
    asked = to(uow, number, 0, scene.manager)
    refuse_adjustment(uow, asked.key, actor=finance, now=WEDNESDAY, reason="证据不足")
    assert owed(uow) == 184_000
    assert told(uow, "charge.adjustment_refused") == {scene.manager.id}
    to(uow, number, 180_000, scene.manager)
    assert owed(uow) == 180_000


def test_small_steps_do_not_walk_around_the_limit(uow, scene, number):
    for amount in (164_000, 144_000):
        assert to(uow, number, amount, scene.manager).state is AdjustmentState.APPLIED
    assert to(uow, number, 133_000, scene.manager).state is AdjustmentState.REQUESTED


def test_dearer_always_takes_two(uow, scene, number):
    assert to(uow, number, 184_100, scene.manager).state is AdjustmentState.REQUESTED


def test_nothing_to_change_is_said_so(uow, scene, number):
    with pytest.raises(AdjustmentNothing):
        to(uow, number, 184_000, scene.manager)


def test_who_has_nothing_to_do_with_it_adjusts_nothing(uow, scene, number):
    elsewhere = make_scene(uow)
    with pytest.raises(NotFound):
        to(uow, number, 0, elsewhere.manager)
    for actor in (scene.admin, make_staff(uow, Role.CENTRE_ADMIN), make_staff(uow, Role.AUDITOR)):
        with pytest.raises(Forbidden):
            to(uow, number, 0, actor)


def test_finance_does_not_adjust_what_its_own_company_owes(uow, scene, number, finance):
    member = make_member(uow, scene.company.key)
    both = type(finance)(id=finance.id, name="", email="", grants=(*finance.grants, *member.grants))
    with pytest.raises(OwnCharge):
        to(uow, number, 0, both)


def test_the_limit_is_assumed_until_the_centre_says_so(uow, scene, number, finance):
    held = limit_in_force(uow.session)
    assert (held.limit_fen, held.assumed) == (50_000, True)
    with pytest.raises(Forbidden):
        set_limit(uow, 200_000, actor=finance, now=WEDNESDAY, note="自定")
    centre = make_staff(uow, Role.CENTRE_ADMIN)
    set_limit(uow, 200_000, actor=centre, now=WEDNESDAY, note="示例管理办法第八条")
    assert not limit_in_force(uow.session).assumed
    assert to(uow, number, 0, scene.manager).state is AdjustmentState.APPLIED


def test_every_entry_is_in_the_trail_with_its_reason(uow, scene, number):
    to(uow, number, 150_000, scene.manager, reason="仪器分辨率未达标")
    kept = sa.select(col(AuditEntry.cause), col(AuditEntry.changes)).where(
        col(AuditEntry.name) == "charge.corrected"
    )
    ((cause, changes),) = uow.session.execute(kept).all()
    assert cause == "仪器分辨率未达标"
    assert changes == {"amount": ["1840.00", "1500.00"]}


def row(charge_id: int, **changes: object) -> dict[str, object]:
    asked: dict[str, object] = {
        "charge_id": charge_id,
        "amount_fen": -60_000,
        "reason": "x",
        "limit_fen": 50_000,
        "state": "requested",
        "asked_by": 1,
        "asked_at": WEDNESDAY,
        "decision": "",
    }
    return asked | changes


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"state": "applied", "decided_at": WEDNESDAY}, "within_limit"),
        ({"state": "applied", "decided_at": WEDNESDAY, "amount_fen": 5}, "within_limit"),
        ({"state": "refused", "decided_at": WEDNESDAY, "decided_by": 1}, "second_person"),
        ({"amount_fen": 0}, "not_nought"),
        ({"state": "applied", "amount_fen": -5}, "decided"),
    ],
)
def test_the_database_lets_nobody_agree_with_themselves(uow, scene, number, changes, refusal):
    charge_id = to(uow, number, 183_000, scene.manager).charge_id
    me = scene.manager.id
    told = {name: me if name.endswith("_by") else value for name, value in changes.items()}
    with pytest.raises(DatabaseError, match=refusal):
        uow.session.execute(sa.insert(ChargeAdjustment).values(row(charge_id, asked_by=me) | told))


@pytest.mark.parametrize(
    "rewriting",
    [
        "UPDATE charge_correction SET amount_fen = -1",
        "DELETE FROM charge_correction",
        "UPDATE charge_adjustment SET state = 'refused'",
        "DELETE FROM charge_adjustment",
        "UPDATE adjustment_limit SET limit_fen = 1",
    ],
)
def test_the_database_refuses_to_rewrite_what_was_decided(uow, scene, number, rewriting):
    to(uow, number, 183_000, scene.manager)
    set_limit(uow, 5, actor=make_staff(uow, Role.CENTRE_ADMIN), now=WEDNESDAY, note="示例")
    with pytest.raises(DatabaseError, match="append_only"):
        uow.session.execute(sa.text(rewriting))


def test_the_database_keeps_a_charge_from_falling_below_nothing(uow, scene, number):
    charge_id = to(uow, number, 183_000, scene.manager).charge_id
    beyond = {
        "number": "X/1",
        "charge_id": charge_id,
        "kind": "facts",
        "amount_fen": -183_001,
        "reason": "x",
        "made_at": WEDNESDAY,
    }
    with pytest.raises(DatabaseError, match="correction_exceeds"):
        uow.session.execute(sa.insert(ChargeCorrection).values(beyond))


@pytest.mark.parametrize(
    ("amount_fen", "alone_fen", "second"),
    [(-50_000, 0, False), (-50_001, 0, True), (-1, 50_000, True), (1, 0, True), (-1, 0, False)],
)
def test_when_it_takes_two(amount_fen, alone_fen, second):
    assert needs_second(amount_fen, alone_fen=alone_fen, limit_fen=50_000) is second


@pytest.mark.parametrize(
    ("standing", "wanted", "change"),
    [
        (Standing(100), 40, -60),
        (Standing(100, by_facts_fen=-60), 100, 60),
        # Somebody was lenient before: that stays, and nothing is owed below nought.
        (Standing(100, adjusted_fen=-30), 80, -20),
        (Standing(100, adjusted_fen=-30), 10, -70),
        (Standing(100), 100, 0),
    ],
)
def test_what_follows_from_other_facts(standing, wanted, change):
    assert standing.change_to(wanted) == change
