"""Where bookings are paid in advance: the price is held, refused, given free, paid from it."""

import pytest

from booking.access.roles import Role
from booking.jobs.books import broken_books
from booking.ledger.actions.prepay import Payment, top_up
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import balance
from booking.ledger.queries.prepaid import prepaid_seen_by
from booking.reservations.actions.answer_proposal import accept_proposal
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.change_series import Move, move_in_series
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.decide import reject
from booking.reservations.actions.foresee import foresee
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.errors import ReservationRefused
from booking.reservations.jobs import mark_no_shows
from booking.reservations.rules.series import Scope
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.rules.wish import SeriesWish
from tests.factories.accounts import make_member, make_staff
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import NOON, make_reservation, make_scene

MONDAY = at("11-23 09:00")
LATER = at("11-25 09:00")
PREPAID: dict[str, object] = {"prepaid": True, "late_cancel_percent": 30, "no_show_percent": 50}
LONGER = between("11-24 12:00", "15:00")


@pytest.fixture
def scene(uow):
    return make_scene(uow, policy=PREPAID)


@pytest.fixture
def pay(uow, scene):
    """Pay in advance; two hours cost 1600.00."""
    finance = make_staff(uow, Role.FINANCE)
    (provider,) = scene.manager.organisation_ids

    def paying(amount_fen: int, reference: str = "BANK-1") -> None:
        paid = Payment(amount_fen=amount_fen, bank_reference=reference)
        top_up(uow, scene.company.name, provider, paid=paid, actor=finance, now=MONDAY)

    return paying


def figures(uow, scene) -> tuple[int, int]:
    (row,) = prepaid_seen_by(uow.session, scene.member)
    return row.balance_fen, row.held_fen


def owed(uow, scene) -> int:
    return balance(uow.session, AccountKind.RECEIVABLE, scene.company.key)


@pytest.fixture(autouse=True)
def proven(uow):
    yield
    assert list(broken_books(uow.session)) == []


def test_without_money_there_is_no_booking_and_the_rule_says_what_is_missing(uow, scene, pay):
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, now=MONDAY)
    (violation,) = refused.value.violations
    assert violation.code == "funds.insufficient"
    assert violation.params == {"needed_fen": 160_000, "available_fen": 0}
    pay(159_999)
    with pytest.raises(ReservationRefused):
        make_reservation(uow, scene, now=MONDAY)
    pay(1, "BANK-2")
    make_reservation(uow, scene, now=MONDAY)
    assert figures(uow, scene) == (160_000, 160_000)


def test_no_other_time_there_makes_up_for_missing_money(uow, scene, pay):
    pay(159_999)
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, now=MONDAY)
    offered = {one.instrument_id for one in refused.value.alternatives}
    assert scene.instrument.key not in offered


def test_samples_count_for_what_is_held(uow, scene, pay):
    pay(200_000)
    make_reservation(uow, scene, now=MONDAY, samples=2)
    assert figures(uow, scene) == (200_000, 184_000)


def test_a_charge_is_paid_from_it_and_the_rest_is_free(uow, scene, pay):
    pay(200_000)
    made = make_reservation(uow, scene, now=MONDAY, samples=2)
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    record = UseRecord(test_minutes=120, samples=1)
    check_out(uow, made.number, record, actor=scene.manager, now=NOON.end)
    for side in (scene.manager, scene.member):
        confirm(uow, made.number, actor=side, now=LATER)
    assert figures(uow, scene) == (28_000, 0)
    assert owed(uow, scene) == 0


def test_what_it_does_not_cover_stays_owed(uow, scene, pay):
    pay(160_000)
    made = make_reservation(uow, scene, now=MONDAY)
    check_in(uow, made.number, actor=scene.manager, now=NOON.start)
    record = UseRecord(test_minutes=120, samples=2)
    check_out(uow, made.number, record, actor=scene.manager, now=NOON.end)
    for side in (scene.manager, scene.member):
        confirm(uow, made.number, actor=side, now=LATER)
    assert figures(uow, scene) == (0, 0)
    assert owed(uow, scene) == 24_000


def test_giving_back_in_time_frees_all_and_late_all_but_the_fee(uow, scene, pay):
    pay(160_000)
    early = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, early.number, actor=scene.member, now=MONDAY)
    assert figures(uow, scene) == (160_000, 0)
    late = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, late.number, actor=scene.member, now=at("11-24 11:00"))
    assert figures(uow, scene) == (112_000, 0)
    assert owed(uow, scene) == 0


def test_not_coming_is_paid_from_it(uow, scene, pay):
    pay(160_000)
    make_reservation(uow, scene, now=MONDAY)
    mark_no_shows(uow, LATER)
    assert figures(uow, scene) == (80_000, 0)


def test_a_request_holds_until_it_is_refused(uow, pay, scene):
    asking = make_scene(uow, policy={**PREPAID, "approval": "always"})
    finance = make_staff(uow, Role.FINANCE)
    (provider,) = asking.manager.organisation_ids
    paid = Payment(amount_fen=160_000, bank_reference="BANK-9")
    top_up(uow, asking.company.name, provider, paid=paid, actor=finance, now=MONDAY)
    made = make_reservation(uow, asking, now=MONDAY)
    assert figures(uow, asking) == (160_000, 160_000)
    reject(uow, made.number, actor=asking.manager, now=MONDAY, reason="检修")
    assert figures(uow, asking) == (160_000, 0)


def test_a_move_holds_the_new_price_and_its_own_money_counts(uow, scene, pay):
    pay(240_000)
    made = make_reservation(uow, scene, now=MONDAY)
    reschedule(uow, made.number, LONGER, actor=scene.member, now=MONDAY)
    assert figures(uow, scene) == (240_000, 240_000)
    reschedule(uow, made.number, NOON, actor=scene.member, now=MONDAY)
    assert figures(uow, scene) == (240_000, 160_000)
    fours = between("11-24 12:00", "16:00")
    with pytest.raises(ReservationRefused):
        reschedule(uow, made.number, fours, actor=scene.member, now=MONDAY)


def test_the_lab_books_against_it_with_a_reason_and_holds_what_is_there(uow, scene, pay):
    pay(100_000)
    wish = scene.wish(on_behalf_of=scene.member.id, override_reason="长期客户，月底结算")
    reserve(uow, wish, actor=scene.manager, now=MONDAY)
    assert figures(uow, scene) == (100_000, 100_000)


def test_ones_own_people_pay_nothing_in_advance(uow, scene):
    (provider,) = scene.manager.organisation_ids
    colleague = make_member(uow, provider)
    made = reserve(uow, scene.wish(), actor=colleague, now=MONDAY)
    assert made.quoted_fen > 0


def test_a_series_counts_what_those_before_would_hold(uow, scene, pay):
    pay(350_000)
    spans = [between(f"11-{day} 12:00", "14:00") for day in (24, 25, 26)]
    seen = foresee(uow.session, scene.wish(), spans, actor=scene.member, now=MONDAY)
    assert [one.codes for one in seen] == [(), (), ("funds.insufficient",)]


def test_a_series_moves_with_the_money_that_it_holds_itself(uow, scene, pay):
    pay(320_000)
    wish = SeriesWish(scene.wish(), "FREQ=DAILY;COUNT=2")
    first = reserve_series(uow, wish, actor=scene.member, now=MONDAY).booked[0].number
    later = between("11-24 13:00", "15:00")
    move_in_series(uow, first, Move(later, Scope.ALL), actor=scene.member, now=MONDAY)
    assert figures(uow, scene) == (320_000, 320_000)
    longer = between("11-24 13:00", "15:30")
    with pytest.raises(ReservationRefused) as refused:
        move_in_series(uow, first, Move(longer, Scope.ALL), actor=scene.member, now=MONDAY)
    assert [one.code for one in refused.value.violations] == ["funds.insufficient"]


def test_of_a_series_that_grows_as_many_are_refused_as_are_not_paid_for(uow, scene, pay):
    pay(400_000)
    wish = SeriesWish(scene.wish(), "FREQ=DAILY;COUNT=2")
    first = reserve_series(uow, wish, actor=scene.member, now=MONDAY).booked[0].number
    with pytest.raises(ReservationRefused) as refused:
        move_in_series(uow, first, Move(LONGER, Scope.ALL), actor=scene.member, now=MONDAY)
    assert [one.code for one in refused.value.violations] == ["funds.insufficient"]


def test_a_proposal_is_judged_by_all_that_the_booking_costs(uow, scene, pay):
    """The lab's reason stands against money that is short, also for what is not paid by time."""
    for day, hour in (("11-22", "800.00"), ("11-25", "820.00")):
        classes = {
            "enterprise": {"hour": hour, "consumables": [{"name": "金靶", "price": "50.00"}]}
        }
        key = scene.instrument.key
        add_tariff(uow, key, valid_from=at(f"{day} 00:00"), classes=classes)
    pay(165_000)
    number = make_reservation(uow, scene, now=MONDAY, consumables={"金靶": 1}).number
    wanted = Proposed(span=between("11-25 12:00", "14:00"), reason="保养")
    proposal = propose_time(uow, number, wanted, actor=scene.manager, now=MONDAY)
    moved = accept_proposal(uow, proposal.key, actor=scene.member, now=MONDAY)
    assert (moved.quoted_fen, moved.override_reason) == (169_000, "保养")
    assert figures(uow, scene) == (165_000, 165_000)
