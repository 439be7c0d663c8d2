"""Settled use and fees become charges: once, in full, with the books moved at the same moment."""

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.audit.models import AuditEntry
from booking.billing.actions.charge import charge_use
from booking.billing.models import Charge, ChargeKind
from booking.instruments.actions.set_tariff import PriceList, set_tariff, withdraw_tariff
from booking.instruments.models.tariff import Tariff
from booking.instruments.rules.tariff import Basis, ItemNotPriced
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import balance, unbalanced_postings
from booking.organisations.models import Lab
from booking.organisations.states import OrganisationKind
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.jobs import confirm_silent, mark_no_shows
from booking.reservations.rules.use_record import UseRecord
from tests.factories.instruments import add_tariff, enter_year
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, make_reservation, make_scene, make_use
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
WEDNESDAY = moment("2026-11-25T09:00")


@pytest.fixture
def scene(uow):
    return make_scene(uow, policy={"late_cancel_percent": 30, "no_show_percent": 50})


def charges(uow) -> list[Charge]:
    return list(uow.session.exec(select(Charge).order_by(col(Charge.id))))


def settled(uow, scene):
    made = make_use(uow, scene, now=MONDAY)
    confirm(uow, made.number, actor=scene.manager, now=WEDNESDAY)
    return confirm(uow, made.number, actor=scene.member, now=WEDNESDAY)


def test_a_use_that_both_sides_confirmed_is_charged(uow, scene):
    made = settled(uow, scene)
    (charge,) = charges(uow)
    # Two hours at 800.00 and two samples at 120.00.
    assert charge.amount_fen == 184_000
    assert [line["amount"] for line in charge.lines] == ["1600.00", "240.00"]
    assert charge.number == f"C-{made.number}"
    assert charge.kind is ChargeKind.USE
    assert charge.confirmed_at == WEDNESDAY
    assert (charge.service_started_at, charge.service_ended_at) == (NOON.start, NOON.end)


def test_nothing_is_charged_while_one_side_is_silent(uow, scene):
    made = make_use(uow, scene, now=MONDAY)
    confirm(uow, made.number, actor=scene.manager, now=WEDNESDAY)
    assert charges(uow) == []


def test_silence_is_charged_like_a_yes(uow, scene):
    enter_year(uow, 2026)
    made = make_use(uow, scene, now=MONDAY)
    confirm(uow, made.number, actor=scene.manager, now=WEDNESDAY)
    confirm_silent(uow, moment("2026-12-24T09:00"))
    assert [charge.amount_fen for charge in charges(uow)] == [184_000]


def test_a_charge_moves_the_books(uow, scene):
    settled(uow, scene)
    provider = uow.session.get(Lab, scene.instrument.lab_id).organisation_id
    assert balance(uow.session, AccountKind.RECEIVABLE, scene.company.key) == 184_000
    assert balance(uow.session, AccountKind.REVENUE, provider) == -184_000
    assert unbalanced_postings(uow.session) == []


def test_charging_again_changes_nothing(uow, scene):
    made = settled(uow, scene)
    assert charge_use(uow, made.key, actor_id=None, at=WEDNESDAY) is None
    assert len(charges(uow)) == 1
    assert balance(uow.session, AccountKind.RECEIVABLE, scene.company.key) == 184_000


def test_a_price_changed_after_the_booking_does_not_reach_it(uow, scene):
    made = make_use(uow, scene, now=MONDAY)
    dearer = {"enterprise": {"hour": "9000.00"}}
    add_tariff(uow, scene.instrument.key, classes=dearer, valid_from=MONDAY)
    for side in (scene.manager, scene.member):
        confirm(uow, made.number, actor=side, now=WEDNESDAY)
    assert [charge.amount_fen for charge in charges(uow)] == [184_000]


@pytest.mark.parametrize(
    ("basis", "amount_fen"),
    [(Basis.RESERVED, 160_000), (Basis.ACTUAL, 240_000), (Basis.LARGER, 240_000)],
)
def test_the_tariffs_basis_says_which_time_is_charged(uow, scene, basis, amount_fen):
    of_the_scene = col(Tariff.instrument_id) == scene.instrument.key
    uow.session.execute(sa.update(Tariff).where(of_the_scene).values(basis=basis))
    made = make_reservation(uow, scene, now=MONDAY)
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    late = moment("2026-11-24T15:00")
    check_out(uow, made.number, None, actor=scene.manager, now=late)
    for side in (scene.manager, scene.member):
        confirm(uow, made.number, actor=side, now=WEDNESDAY)
    assert [charge.amount_fen for charge in charges(uow)] == [amount_fen]


def test_a_late_cancellation_costs_its_fee_and_a_timely_one_nothing(uow, scene):
    early = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, early.number, actor=scene.member, now=MONDAY)
    assert charges(uow) == []
    late = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, late.number, actor=scene.member, now=moment("2026-11-24T11:00"))
    (charge,) = charges(uow)
    assert (charge.kind, charge.amount_fen) == (ChargeKind.LATE_CANCELLATION, 48_000)
    assert charge.number == f"L-{late.number}"


def test_not_coming_costs_its_fee_once_however_often_the_clock_looks(uow, scene):
    make_reservation(uow, scene, now=MONDAY)
    for _ in range(2):
        mark_no_shows(uow, WEDNESDAY)
    (charge,) = charges(uow)
    assert (charge.kind, charge.amount_fen) == (ChargeKind.NO_SHOW, 80_000)
    assert balance(uow.session, AccountKind.RECEIVABLE, scene.company.key) == 80_000


def test_every_charge_is_told_with_its_cause(uow, scene):
    made = settled(uow, scene)
    told = select(AuditEntry).where(col(AuditEntry.name) == "charge.made")
    (entry,) = uow.session.exec(told)
    assert entry.subject == f"charge:C-{made.number}"
    assert entry.cause == f"reservation:{made.number}"
    assert entry.actor_id == scene.member.id


def test_the_database_refuses_to_rewrite_a_charge(uow, scene):
    settled(uow, scene)
    with pytest.raises(sa.exc.DatabaseError, match="append_only"):
        uow.session.execute(sa.update(Charge).values(amount_fen=1))


def test_a_company_of_the_same_controller_is_flagged(uow, scene):
    provider_id = uow.session.get(Lab, scene.instrument.lab_id).organisation_id
    for organisation_id in (provider_id, scene.company.key):
        owner = uow.session.get(type(scene.company), organisation_id)
        owner.controller_key = "示例集团"
    uow.session.flush()
    settled(uow, scene)
    assert [charge.flags for charge in charges(uow)] == [["related_party"]]


SOLD = {"enterprise": {"hour": "800.00", "consumables": [{"name": "金靶", "price": "50.00"}]}}


def test_what_was_used_up_is_charged_by_the_piece(uow, scene):
    add_tariff(uow, scene.instrument.key, valid_from=MONDAY, classes=SOLD)
    made = make_reservation(uow, scene, now=MONDAY, consumables={"金靶": 1})
    # Two hours at 800.00, and the estimate.
    assert made.quoted_fen == 165_000
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    unknown = UseRecord(consumables={"铂靶": 1})
    with pytest.raises(ItemNotPriced):
        check_out(uow, made.number, unknown, actor=scene.manager, now=NOON.end)
    record = UseRecord(consumables={"金靶": 3})
    check_out(uow, made.number, record, actor=scene.manager, now=NOON.end)
    confirm(uow, made.number, actor=scene.manager, now=WEDNESDAY)
    confirm(uow, made.number, actor=scene.member, now=WEDNESDAY)
    (charge,) = charges(uow)
    assert charge.amount_fen == 175_000
    assert charge.lines[1] == {
        "kind": "consumable",
        "name": "金靶",
        "quantity": "3",
        "unit_price": "50.00",
        "amount": "150.00",
    }


def test_the_estimate_is_charged_where_nobody_counted(uow, scene):
    add_tariff(uow, scene.instrument.key, valid_from=MONDAY, classes=SOLD)
    made = make_reservation(uow, scene, now=MONDAY, consumables={"金靶": 2})
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    check_out(uow, made.number, None, actor=scene.manager, now=NOON.end)
    confirm(uow, made.number, actor=scene.manager, now=WEDNESDAY)
    confirm(uow, made.number, actor=scene.member, now=WEDNESDAY)
    assert [charge.amount_fen for charge in charges(uow)] == [170_000]


def listed(uow, scene, start, hour):
    prices = PriceList(valid_from=start, classes={"enterprise": {"hour": hour}})
    return set_tariff(uow, scene.instrument.key, prices, actor=scene.manager, now=MONDAY)


def test_a_price_never_changes_under_a_booking(uow, scene):
    made = make_reservation(uow, scene, now=MONDAY)
    # One begins before the booking's time, one within it, one on its day; none touches it.
    listed(uow, scene, MONDAY, "900.00")
    listed(uow, scene, NOON.start, "1000.00")
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    check_out(uow, made.number, None, actor=scene.manager, now=NOON.end)
    confirm(uow, made.number, actor=scene.manager, now=WEDNESDAY)
    confirm(uow, made.number, actor=scene.member, now=WEDNESDAY)
    assert [charge.amount_fen for charge in charges(uow)] == [160_000]


def test_a_move_agrees_anew_by_the_price_list_of_the_new_time(uow, scene):
    made = make_reservation(uow, scene, now=MONDAY)
    later = between("11-26 12:00", "14:00")
    listed(uow, scene, moment("2026-11-26T00:00"), "900.00")
    moved = reschedule(uow, made.number, later, actor=scene.member, now=MONDAY)
    assert moved.quoted_fen == 180_000
    listed(uow, scene, moment("2026-11-26T01:00"), "950.00")
    check_in(uow, made.number, actor=scene.manager, now=later.start)
    check_out(uow, made.number, None, actor=scene.manager, now=later.end)
    confirm(uow, made.number, actor=scene.manager, now=later.end)
    confirm(uow, made.number, actor=scene.member, now=later.end)
    assert [charge.amount_fen for charge in charges(uow)] == [180_000]


def test_a_withdrawn_price_list_keeps_what_was_booked_under_it(uow, scene):
    future = listed(uow, scene, moment("2026-11-24T00:00"), "10.00")
    made = make_reservation(uow, scene, now=MONDAY)
    withdraw_tariff(uow, scene.instrument.key, future.valid_from, actor=scene.manager, now=MONDAY)
    assert make_reservation(uow, scene, between("11-24 15:00", "17:00"), now=MONDAY).quoted_fen == (
        160_000
    )
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    check_out(uow, made.number, None, actor=scene.manager, now=NOON.end)
    confirm(uow, made.number, actor=scene.manager, now=WEDNESDAY)
    confirm(uow, made.number, actor=scene.member, now=WEDNESDAY)
    assert [charge.amount_fen for charge in charges(uow)] == [2_000]


def test_the_class_of_a_booking_is_judged_when_it_is_made_and_when_it_is_moved(uow, scene):
    made = make_reservation(uow, scene, now=MONDAY)
    scene.company.kind = OrganisationKind.INSTITUTE
    uow.session.flush()
    assert made.customer_class == "enterprise"
    moved = reschedule(
        uow, made.number, between("11-26 12:00", "14:00"), actor=scene.member, now=MONDAY
    )
    assert (moved.quoted_fen, moved.customer_class) == (80_000, "academic")
