"""Fixed fees: agreed with the booking, charged beside the share, whatever is listed since."""

import pytest
from sqlmodel import col, select

from booking.billing.models import Charge, ChargeKind
from booking.organisations.states import OrganisationKind
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.jobs import mark_no_shows
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import between
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
LATE = moment("2026-11-24T11:00")
WEDNESDAY = moment("2026-11-25T09:00")
LATER = between("11-24 15:00", "17:00")


def fees(late, missed):
    return {"enterprise": {"hour": "800.00", "late_cancel": late, "no_show": missed}}


@pytest.fixture
def scene(uow):
    made = make_scene(uow, policy={"late_cancel_percent": 30, "no_show_percent": 50})
    add_tariff(uow, made.instrument.key, valid_from=MONDAY, classes=fees("50.00", "200.05"))
    return made


def charged(uow) -> list[tuple[ChargeKind, int, str]]:
    rows = uow.session.exec(select(Charge).order_by(col(Charge.id)))
    return [(row.kind, row.amount_fen, row.lines[0]["amount"]) for row in rows]


def test_giving_back_late_costs_the_share_and_the_fixed_amount(uow, scene):
    made = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, made.number, actor=scene.member, now=LATE)
    # Of 1600.00 thirty in the hundred, and 50.00.
    assert charged(uow) == [(ChargeKind.LATE_CANCELLATION, 53_000, "530.00")]


def test_giving_back_in_time_costs_nothing(uow, scene):
    made = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, made.number, actor=scene.member, now=MONDAY)
    assert charged(uow) == []


def test_not_coming_costs_the_share_and_the_fixed_amount(uow, scene):
    make_reservation(uow, scene, now=MONDAY)
    mark_no_shows(uow, WEDNESDAY)
    assert charged(uow) == [(ChargeKind.NO_SHOW, 100_005, "1000.05")]


def test_fees_listed_since_do_not_reach_the_booking(uow, scene):
    made = make_reservation(uow, scene, now=MONDAY)
    since = moment("2026-11-23T10:00")
    add_tariff(uow, scene.instrument.key, valid_from=since, classes=fees("900.00", "900.00"))
    cancel(uow, made.number, actor=scene.member, now=LATE)
    assert charged(uow) == [(ChargeKind.LATE_CANCELLATION, 53_000, "530.00")]


def test_a_move_agrees_anew_on_the_fees_of_the_new_time(uow, scene):
    made = make_reservation(uow, scene, now=MONDAY)
    since = moment("2026-11-24T00:00")
    add_tariff(uow, scene.instrument.key, valid_from=since, classes=fees("10.00", "900.00"))
    reschedule(uow, made.number, LATER, actor=scene.member, now=MONDAY)
    cancel(uow, made.number, actor=scene.member, now=LATE)
    assert charged(uow) == [(ChargeKind.LATE_CANCELLATION, 49_000, "490.00")]


def test_a_class_pays_its_own_fees(uow):
    scene = make_scene(uow, kind=OrganisationKind.INSTITUTE)
    listed = fees("50.00", "50.00") | {"academic": {"hour": "400.00", "late_cancel": "5.00"}}
    add_tariff(uow, scene.instrument.key, valid_from=MONDAY, classes=listed)
    made = make_reservation(uow, scene, now=MONDAY)
    assert made.quote["fees"] == {"late_cancel": "5.00", "no_show": "0.00"}
    cancel(uow, made.number, actor=scene.member, now=LATE)
    assert charged(uow) == [(ChargeKind.LATE_CANCELLATION, 500, "5.00")]
