"""From issue to redemption: every step once, each fen in one place, and the books agree."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import col, select

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.billing.actions.adjust import adjust as adjust_charge
from booking.billing.actions.adjust import approve_adjustment
from booking.billing.states import AdjustmentState
from booking.jobs.books import broken_books
from booking.kernel.periods import Period
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.decide import reject
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.jobs import mark_no_shows
from booking.vouchers.actions.redeem import redeem
from booking.vouchers.errors import VoucherRefused
from booking.vouchers.jobs import expire_vouchers, warn_of_vouchers
from booking.vouchers.queries.redemptions import redeemed_in
from booking.vouchers.rules.terms import Terms
from tests.factories.accounts import make_member, make_staff
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import at, between
from tests.factories.reservations import make_reservation, make_scene, make_use
from tests.factories.vouchers import claim_state, make_voucher, pots

MONDAY = at("11-23 09:00")
PRICE = 160_000
SPAN = between("11-24 12:00", "14:00")


@pytest.fixture
def scene(uow):
    return make_scene(uow)


@pytest.fixture
def voucher(uow, scene):
    return make_voucher(uow, scene.company.key)


@pytest.fixture
def booked(uow, scene, voucher):
    return make_reservation(uow, scene, SPAN, now=MONDAY, voucher=voucher)


def settle(uow, scene, voucher):
    used = make_use(uow, scene, SPAN, now=MONDAY, voucher=voucher)
    confirm(uow, used.number, actor=scene.manager, now=at("11-24 15:00"))
    return confirm(uow, used.number, actor=scene.member, now=at("11-24 16:00"))


def test_a_booking_sets_its_share_aside(uow, booked, voucher):
    assert booked.quoted_fen == PRICE
    assert pots(uow.session, voucher) == (120_000, 80_000, 0, 0)
    assert claim_state(uow.session, booked.key) == "open"


def test_a_cancelled_booking_gives_it_free(uow, scene, booked, voucher):
    cancel(uow, booked.number, actor=scene.member, now=MONDAY)
    assert pots(uow.session, voucher) == (200_000, 0, 0, 0)
    assert claim_state(uow.session, booked.key) == "released"


def test_a_refused_request_gives_it_free(uow, voucher):
    scene = make_scene(uow, policy={"approval": "always"})
    number = make_voucher(uow, scene.company.key)
    asked = make_reservation(uow, scene, SPAN, now=MONDAY, voucher=number)
    assert pots(uow.session, number)[1] == 80_000
    reject(uow, asked.number, actor=scene.manager, now=MONDAY, reason="维护")
    assert pots(uow.session, number) == (200_000, 0, 0, 0)


def test_who_does_not_come_pays_the_fee_without_it(uow, booked, voucher):
    mark_no_shows(uow, at("11-24 20:00"))
    assert pots(uow.session, voucher) == (200_000, 0, 0, 0)


@pytest.mark.parametrize(("end", "encumbered"), [("13:00", 40_000), ("15:00", 120_000)])
def test_another_length_sets_another_share_aside(uow, scene, booked, voucher, end, encumbered):
    span = between("11-24 12:00", end)
    reschedule(uow, booked.number, span, actor=scene.member, now=MONDAY)
    assert pots(uow.session, voucher)[1] == encumbered


def test_a_voucher_that_ended_keeps_what_was_set_aside_and_adds_nothing(uow, scene):
    number = make_voucher(uow, scene.company.key, valid_to=date(2026, 11, 23))
    booked = make_reservation(uow, scene, SPAN, now=MONDAY, voucher=number)
    longer, later = between("11-24 12:00", "15:00"), MONDAY + timedelta(hours=20)
    reschedule(uow, booked.number, longer, actor=scene.member, now=later)
    assert pots(uow.session, number)[1] == 80_000


def test_the_confirmed_charge_is_paid_and_the_books_agree(uow, scene, voucher):
    used = settle(uow, scene, voucher)
    assert pots(uow.session, voucher) == (120_000, 0, 80_000, 0)
    assert claim_state(uow.session, used.key) == "redeemed"
    assert list(broken_books(uow.session)) == []


def test_a_charge_redeems_once(uow, scene, voucher):
    used = settle(uow, scene, voucher)
    assert redeem(uow, used.key, actor_id=None, now=MONDAY) == 0
    assert pots(uow.session, voucher) == (120_000, 0, 80_000, 0)


def test_a_cheaper_charge_takes_its_part_back(uow, scene, voucher):
    used = settle(uow, scene, voucher)
    finance = make_staff(uow, Role.FINANCE)
    to, later = PRICE - 10_000, at("11-25 09:00")
    adjust_charge(uow, f"C-{used.number}", to, actor=finance, now=later, reason="仪器故障")
    assert pots(uow.session, voucher) == (125_000, 0, 75_000, 0)
    assert list(broken_books(uow.session)) == []


def corrected(uow, used, *amounts: int, now) -> None:
    finance = make_staff(uow, Role.FINANCE)
    for amount in amounts:
        number = f"C-{used.number}"
        asked = adjust_charge(uow, number, amount, actor=finance, now=now, reason="仪器故障")
        if asked.state is AdjustmentState.REQUESTED:
            second = make_staff(uow, Role.FINANCE)
            approve_adjustment(uow, asked.key, actor=second, now=now)


def test_a_correction_that_is_put_right_leaves_what_there_was(uow, scene, voucher):
    used = settle(uow, scene, voucher)
    corrected(uow, used, PRICE - 10_000, PRICE, now=at("11-25 09:00"))
    assert pots(uow.session, voucher) == (120_000, 0, 80_000, 0)
    (provider,) = scene.manager.organisation_ids
    owed = redeemed_in(uow.session, Period.parse("2026-11"))
    assert [(row.provider_id, row.owed_fen) for row in owed] == [(provider, 80_000)]
    assert list(broken_books(uow.session)) == []


def test_what_lapsed_meanwhile_stays_the_companys_and_it_is_told(uow, scene, voucher):
    make_member(uow, scene.company.key, Role.COMPANY_ADMIN)
    used = settle(uow, scene, voucher)
    corrected(uow, used, PRICE - 10_000, now=at("11-25 09:00"))
    later = at("12-31 09:00") + timedelta(days=1)
    expire_vouchers(uow, later)
    corrected(uow, used, PRICE, now=later)
    assert pots(uow.session, voucher) == (0, 0, 75_000, 125_000)
    query = select(OutboxMessage.params).where(OutboxMessage.fact == "voucher_step")
    told = uow.session.exec(query.order_by(col(OutboxMessage.id))).all()[-1]
    assert (told["step"], told["amount_fen"], told["lacking_fen"]) == ("voucher.restored", 0, 5_000)
    assert list(broken_books(uow.session)) == []


def test_what_is_owed_to_a_provider_is_what_was_redeemed_less_what_came_back(uow, scene, voucher):
    used = settle(uow, scene, voucher)
    (provider,) = scene.manager.organisation_ids
    november, october = Period.parse("2026-11"), Period.parse("2026-10")
    assert [(row.provider_id, row.owed_fen) for row in redeemed_in(uow.session, november)] == [
        (provider, 80_000)
    ]
    assert redeemed_in(uow.session, october) == []
    finance = make_staff(uow, Role.FINANCE)
    december, later = Period.parse("2026-12"), at("12-01 09:00")
    adjust_charge(uow, f"C-{used.number}", 150_000, actor=finance, now=later, reason="故障")
    assert [row.owed_fen for row in redeemed_in(uow.session, december)] == [-5_000]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"terms": Terms(share=Decimal(1), districts=("beilin",))}, "voucher.district"),
        ({"valid_to": date(2026, 11, 22)}, "voucher.not_in_time"),
        ({"terms": Terms(share=Decimal(0))}, "voucher.nothing_left"),
        ({"terms": Terms(share=Decimal(1), resource_kinds=("pilot",))}, "voucher.resource_kind"),
    ],
)
def test_a_voucher_that_does_not_fit_is_refused_with_words(uow, scene, changes, code):
    number = make_voucher(uow, scene.company.key, **changes)
    with pytest.raises(VoucherRefused) as refused:
        make_reservation(uow, scene, SPAN, now=MONDAY, voucher=number)
    assert [one.code for one in refused.value.violations] == [code]


def test_the_voucher_of_another_company_is_not_known(uow, scene):
    number = make_voucher(uow, make_organisation(uow).key)
    with pytest.raises(VoucherRefused) as refused:
        make_reservation(uow, scene, SPAN, now=MONDAY, voucher=number)
    assert [one.code for one in refused.value.violations] == ["voucher.unknown"]


def test_where_the_programme_says_so_a_provider_in_another_district_honours_it(uow, scene):
    terms = Terms(share=Decimal("0.5"), districts=("fengxi", "fengdong"))
    number = make_voucher(uow, scene.company.key, terms=terms)
    make_reservation(uow, scene, SPAN, now=MONDAY, voucher=number)
    assert pots(uow.session, number)[1] == 80_000


def test_only_what_nobody_set_aside_expires_and_only_once(uow, booked, voucher):
    new_year = at("12-31 09:00") + timedelta(days=1)
    assert expire_vouchers(uow, new_year - timedelta(days=1)) == 0
    assert expire_vouchers(uow, new_year) == 1
    assert pots(uow.session, voucher) == (0, 80_000, 0, 120_000)
    assert expire_vouchers(uow, new_year) == 0
    cancel(uow, booked.number, actor=HOUSE, now=new_year, reason="停用")
    assert expire_vouchers(uow, new_year) == 1
    assert pots(uow.session, voucher) == (0, 0, 0, 200_000)


def test_a_company_is_warned_once(uow, voucher):
    assert warn_of_vouchers(uow, at("11-30 09:00")) == 0
    assert warn_of_vouchers(uow, at("12-01 09:00")) == 1
    assert warn_of_vouchers(uow, at("12-02 09:00")) == 0
