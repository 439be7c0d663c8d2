"""Several bookings made at once cite a voucher: each sets its share aside, or none is made."""

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from booking.jobs.books import broken_books
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.series import OnConflict
from booking.reservations.rules.wish import SeriesWish, Wish
from booking.vouchers.errors import VoucherRefused
from booking.vouchers.rules.terms import Terms
from tests.factories.accounts import be, bearer, open_session
from tests.factories.reservation_values import at, between
from tests.factories.reservations import make_reservation, make_scene
from tests.factories.vouchers import make_voucher, pots

MONDAY = at("11-23 09:00")
SPAN = between("11-24 12:00", "14:00")
DAILY = "FREQ=DAILY;COUNT=3"
HALF = Terms(share=Decimal("0.50"))
TIMES = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00"}
# Two hours at 800.00, half of it by voucher.
SHARE = 80_000


class World:
    def __init__(self, uow, face: int = 300_000) -> None:
        self.uow, self.scene = uow, make_scene(uow)
        self.voucher = make_voucher(uow, self.scene.company.key, face_fen=face, terms=HALF)

    def wish(self, instrument_id: int | None = None, span=SPAN) -> Wish:
        here = instrument_id or self.scene.instrument.key
        return Wish(instrument_id=here, span=span, purpose="断口形貌", voucher=self.voucher)

    def series(self, on_conflict=OnConflict.FAIL):
        wish = SeriesWish(self.wish(), DAILY, on_conflict)
        return reserve_series(self.uow, wish, actor=self.scene.member, now=MONDAY)

    def pots(self) -> tuple[int, int, int, int]:
        return pots(self.uow.session, self.voucher)


def series_of(world: World) -> str:
    return f"/instruments/{world.scene.instrument.key}/series"


def test_every_time_of_a_series_sets_its_share_aside(uow):
    world = World(uow)
    made = world.series()
    assert world.pots() == (300_000 - 3 * SHARE, 3 * SHARE, 0, 0)
    first = made.booked[0].number
    cancel(uow, first, actor=world.scene.member, now=MONDAY)
    assert world.pots() == (300_000 - 2 * SHARE, 2 * SHARE, 0, 0)
    assert list(broken_books(uow.session)) == []


def test_the_last_one_takes_what_is_left(uow):
    world = World(uow, face=2 * SHARE + 10_000)
    world.series()
    assert world.pots() == (0, 2 * SHARE + 10_000, 0, 0)


@pytest.mark.parametrize("on_conflict", list(OnConflict))
def test_where_one_finds_nothing_none_is_booked_and_nothing_set_aside(uow, on_conflict):
    world = World(uow, face=2 * SHARE)
    with pytest.raises(VoucherRefused) as refused, uow.session.begin_nested():
        world.series(on_conflict)
    assert [one.code for one in refused.value.violations] == ["voucher.nothing_left"]
    assert world.pots() == (2 * SHARE, 0, 0, 0)
    assert uow.session.exec(select(Reservation)).all() == []


def test_times_that_are_left_out_set_nothing_aside(uow):
    world = World(uow)
    make_reservation(uow, world.scene, between("11-25 12:00", "14:00"), now=MONDAY)
    world.series(OnConflict.SKIP)
    assert world.pots() == (300_000 - 2 * SHARE, 2 * SHARE, 0, 0)


@pytest.mark.parametrize(("face", "set_aside"), [(300_000, 2 * SHARE), (SHARE, None)])
def test_every_step_of_a_joint_booking_sets_its_share_aside_or_none_does(uow, face, set_aside):
    world = World(uow, face=face)
    other = make_scene(uow).instrument.key
    later = between("11-24 14:00", "16:00")
    wishes = [world.wish(), world.wish(other, later)]
    if set_aside is None:
        with pytest.raises(VoucherRefused), uow.session.begin_nested():
            reserve_joint(uow, wishes, actor=world.scene.member, now=MONDAY)
        set_aside = 0
    else:
        reserve_joint(uow, wishes, actor=world.scene.member, now=MONDAY)
    assert world.pots() == (face - set_aside, set_aside, 0, 0)


def test_the_pages_say_what_it_would_pay_of_each_and_what_is_ones_own(client, write, clock):
    with write() as uow:
        world = World(uow, face=2 * SHARE)
        session = open_session(uow, world.scene.member, now=clock.now())
        here = world.scene.instrument.key
    be(client, session)
    client.headers["Accept-Language"] = "zh"
    asked = {"frequency": "daily", "every": "1", "until": "2026-11-26"}
    # As it was copied from somewhere.
    asked["voucher"] = f" {world.voucher} "
    shown = client.get(f"/instruments/{here}/series", params=TIMES | asked).text
    assert shown.count("创新券支付") == 3
    assert "3,200.00" in shown
    assert "余额" in shown
    refused = client.post(
        f"/instruments/{here}/series", data=TIMES | asked | {"purpose": "断口形貌"}
    )
    assert refused.status_code == 422
    with write() as uow:
        assert uow.session.exec(select(Reservation)).all() == []


def test_each_share_stands_beside_its_time_where_others_are_taken(client, write, clock):
    with write() as uow:
        world = World(uow)
        make_reservation(uow, world.scene, between("11-25 12:00", "14:00"), now=MONDAY)
        session = open_session(uow, world.scene.member, now=clock.now())
    asked = {"frequency": "daily", "every": "1", "until": "2026-11-26", "voucher": world.voucher}
    page = be(client, session).get(series_of(world), params=TIMES | asked)
    lines = [one.text for one in BeautifulSoup(page.text, "html.parser").select("aside li")]
    paid = [one for one in lines if "创新券支付" in one]
    assert [("24日" in one, "26日" in one) for one in paid] == [(True, False), (False, True)]


def test_whoever_books_for_a_company_is_told_nothing_untrue_of_its_voucher(client, write, clock):
    with write() as uow:
        world = World(uow)
        session = open_session(uow, world.scene.manager, now=clock.now())
    asked = {"frequency": "daily", "every": "1", "until": "2026-11-26", "voucher": world.voucher}
    whose = {"on_behalf_of": world.scene.member.email}
    page = be(client, session).get(series_of(world), params=TIMES | asked | whose).text
    assert "3 次中有 3 次空闲" in page
    assert "没有这张创新券" not in page
    assert "创新券支付" not in page


def test_programs_cite_one_for_a_series(client, write, clock):
    with write() as uow:
        world = World(uow)
        token = bearer(uow, world.scene.member, now=clock.now())
        here = world.scene.instrument.key
    body = {
        "instrument_id": here,
        "starts_at": "2026-11-24T12:00:00+08:00",
        "ends_at": "2026-11-24T14:00:00+08:00",
        "purpose": "断口形貌",
        "rrule": DAILY,
        "voucher": world.voucher,
    }
    made = client.post("/api/v1/reservation-series", json=body, headers=token)
    assert made.status_code == 201, made.text
    with write() as uow:
        assert pots(uow.session, world.voucher)[1] == 3 * SHARE
