"""`booking check` is silent over an honest centre and names the row of every lie."""

import pytest
import sqlalchemy as sa

from booking.billing.actions.adjust import adjust
from booking.checking.report import PROOFS, broken
from booking.reservations.actions.answer_proposal import accept_proposal
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.states import State
from tests.factories.instruments import add_policy
from tests.factories.reservation_values import between
from tests.factories.reservations import make_reservation, make_scene, make_use
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
WEDNESDAY = moment("2026-11-25T09:00")


@pytest.fixture
def busy(uow):
    """A centre where bookings were made, used, charged, missed and given back late."""
    scene = make_scene(uow, policy={"late_cancel_percent": 30})
    used = make_use(uow, scene, now=MONDAY)
    for side in (scene.manager, scene.member):
        confirm(uow, used.number, actor=side, now=WEDNESDAY)
    late = make_reservation(uow, scene, between("11-26 12:00", "14:00"), now=MONDAY)
    cancel(uow, late.number, actor=scene.member, now=moment("2026-11-26T11:00"))
    adjust(uow, f"C-{used.number}", 180_000, actor=scene.manager, now=WEDNESDAY, reason="示例")
    make_reservation(uow, scene, between("11-27 12:00", "14:00"), now=MONDAY)
    uow.session.flush()
    return uow


# What keeps the database itself from being lied to, taken away for the length of a test.
LETTING_LIES_IN = {
    "sqlite": [
        "PRAGMA defer_foreign_keys = ON",
        "PRAGMA ignore_check_constraints = ON",
        "DROP TRIGGER ex_slot_hold_no_overlap_update",
        "DROP TRIGGER charge_append_only_update",
        "DROP TRIGGER charge_append_only_delete",
        "DROP TRIGGER charge_correction_append_only_update",
        "DROP TRIGGER charge_correction_append_only_delete",
        "DROP TRIGGER charge_adjustment_append_only_update",
        "DROP TRIGGER posting_append_only_update",
        "DROP TRIGGER ledger_entry_append_only_update",
        "DROP TRIGGER audit_entry_append_only_delete",
    ],
    "postgresql": [
        "SET CONSTRAINTS ALL IMMEDIATE",
        "SET LOCAL session_replication_role = replica",
        "ALTER TABLE slot_hold DROP CONSTRAINT ex_slot_hold_no_overlap",
        "ALTER TABLE charge_adjustment DROP CONSTRAINT ck_charge_adjustment_second_person",
    ],
}


@pytest.fixture
def lie(busy):
    """Write what no deed would."""
    dialect = busy.session.get_bind().dialect.name
    for statement in LETTING_LIES_IN[dialect]:
        busy.session.execute(sa.text(statement))

    def write(sql: str) -> set[tuple[int, str]]:
        busy.session.execute(sa.text(sql))
        return {(finding.invariant, finding.name) for finding in broken(busy.session)}

    yield write
    if dialect == "sqlite":  # said of the connection, which the next test is given
        busy.session.execute(sa.text("PRAGMA ignore_check_constraints = OFF"))


def test_an_honest_centre_breaks_nothing(busy):
    assert [str(finding) for finding in broken(busy.session)] == []


def test_what_the_lab_proposed_is_promised_when_it_is_accepted(uow):
    scene = make_scene(uow, policy={"approval": "always"})
    asked = make_reservation(uow, scene, now=MONDAY)
    wanted = Proposed(span=between("11-26 12:00", "14:00"), reason="设备保养")
    proposal = propose_time(uow, asked.number, wanted, actor=scene.manager, now=MONDAY)
    taken = accept_proposal(uow, proposal.key, actor=scene.member, now=MONDAY)
    assert taken.state is State.CONFIRMED
    assert [str(finding) for finding in broken(uow.session)] == []


def test_a_promise_that_is_asked_for_anew_breaks_nothing(uow):
    scene = make_scene(uow)
    booked = make_reservation(uow, scene, now=MONDAY)
    terms = {"valid_from": MONDAY, "follows_statutory_calendar": False, "approval": "always"}
    add_policy(uow, scene.instrument.key, **terms)
    later = between("11-26 12:00", "14:00")
    moved = reschedule(uow, booked.number, later, actor=scene.member, now=MONDAY)
    assert moved.state is State.REQUESTED
    assert [str(finding) for finding in broken(uow.session)] == []


def test_an_empty_centre_breaks_nothing(session):
    assert list(broken(session)) == []


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (
            "UPDATE slot_hold SET starts_at = (SELECT MIN(starts_at) FROM slot_hold)",
            (1, "two holds overlap on one unit"),
        ),
        (
            "UPDATE reservation SET state = 'expired' WHERE state = 'confirmed'",
            (2, "a hold outlived its reservation"),
        ),
        ("DELETE FROM slot_hold", (2, "a reservation holds nothing")),
        (
            "UPDATE reservation SET ends_at = '2026-11-27 08:00:00' WHERE state = 'confirmed'",
            (2, "a booking's place is not held for its time"),
        ),
        (
            "UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE amount_fen < 0",
            (3, "a posting does not balance"),
        ),
        ("UPDATE charge SET amount_fen = amount_fen + 1", (3, "a charge differs from its posting")),
        (
            "UPDATE charge_correction SET amount_fen = amount_fen - 1",
            (3, "a charge differs from its posting"),
        ),
        (
            "UPDATE charge SET provider_id = organisation_id",
            (3, "a charge differs from its posting"),
        ),
        (
            "UPDATE posting SET reference = 'charge:X-1' WHERE reference LIKE 'charge:C-%/1'",
            (3, "a posting of a charge has no charge"),
        ),
        (
            "UPDATE posting SET reference = 'statement:X/1:bank' WHERE reference LIKE 'charge:L%'",
            (3, "a posting of a statement has no statement"),
        ),
        (
            "UPDATE charge_correction SET amount_fen = -amount_fen * 100000",
            (10, "an adjustment was not entered, or nobody agreed to it"),
        ),
        (
            "UPDATE charge_correction SET amount_fen = amount_fen * 100000",
            (4, "a charge comes to less than nothing"),
        ),
        (
            "UPDATE charge_adjustment SET decided_by = asked_by",
            (10, "an adjustment was not entered, or nobody agreed to it"),
        ),
        (
            "DELETE FROM charge_correction",
            (10, "an adjustment was not entered, or nobody agreed to it"),
        ),
        ("DELETE FROM charge WHERE kind = 'use'", (10, "a settled use was not charged")),
        ("DELETE FROM charge WHERE kind <> 'use'", (10, "a fee was not charged")),
        ("UPDATE usage_session SET overrun_fen = 5", (10, "running over was not charged")),
        (
            "UPDATE reservation SET state = 'completed' WHERE state = 'settled'",
            (10, "a charge has nothing to charge for"),
        ),
        (
            "UPDATE membership SET organisation_id = NULL WHERE role = 'company_member'",
            (8, "a role is granted where it does not belong"),
        ),
        (
            "DELETE FROM audit_entry WHERE name = 'use.settled'",
            (9, "a reservation came into its state untold"),
        ),
        (
            "UPDATE organisation SET state = 'suspended'",
            (9, "a state changed that the trail does not tell of"),
        ),
    ],
)
def test_a_lie_is_found_and_named(lie, sql, found):
    assert found in lie(sql)


def test_a_finding_reads_as_one_line_with_its_row(busy):
    busy.session.execute(sa.text("DELETE FROM slot_hold"))
    lines = [str(finding) for finding in broken(busy.session)]
    assert lines
    assert all(line.startswith(" 2 a reservation holds nothing: number=") for line in lines)


def test_every_invariant_of_the_domain_has_a_proof():
    assert {proof.invariant for proof in PROOFS} == set(range(1, 11))
