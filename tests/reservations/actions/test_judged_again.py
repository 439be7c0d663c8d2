"""Approving and handing over judge again what may have changed since a booking was made."""

from dataclasses import replace

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.rules.terms import ServiceMode
from booking.ledger.actions.prepay import Payment, top_up
from booking.reservations.actions.change_series import approve_series
from booking.reservations.actions.decide import approve
from booking.reservations.actions.hand_over import hand_over
from booking.reservations.actions.hand_to_colleague import hand_to_colleague
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.errors import ReservationRefused
from booking.reservations.queries.loading import reservation_by_number
from booking.reservations.rules.wish import SeriesWish
from booking.reservations.states import State
from tests.factories.accounts import make_member, make_staff
from tests.factories.credit import make_no_shows, make_rules
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.factories.training import make_grant, training_scene

MONDAY = at("11-23 09:00")
NOW = at("11-25 09:00")
FRIDAY = between("11-27 12:00", "14:00")
ASKED: dict[str, object] = {"approval": "always"}


SOLD = {"enterprise": {"hour": "800.00", "consumables": [{"name": "金靶", "price": "50.00"}]}}


def codes(refused: pytest.ExceptionInfo[ReservationRefused]) -> list[str]:
    return [violation.code for violation in refused.value.violations]


def keeps_price(uow: UnitOfWork, **policy: object) -> tuple[Scene, str]:
    """Prepaid time with a gold target, which the price list does not name any more."""
    scene = make_scene(uow, policy={"prepaid": True, **policy})
    instrument_id, (provider,) = scene.instrument.key, scene.manager.organisation_ids
    add_tariff(uow, instrument_id, valid_from=at("11-22 00:00"), classes=SOLD)
    paid = Payment(amount_fen=1_000_000, bank_reference="BANK-1")
    finance = make_staff(uow, Role.FINANCE)
    top_up(uow, scene.company.name, provider, paid=paid, actor=finance, now=MONDAY)
    made = make_reservation(uow, scene, now=MONDAY, consumables={"金靶": 1})
    bare = {"enterprise": {"hour": "900.00"}}
    add_tariff(uow, instrument_id, valid_from=at("11-23 08:00"), classes=bare)
    return scene, made.number


def leave(uow: UnitOfWork, scene: Scene) -> None:
    """The member leaves everything to the administrator."""
    hand_over(
        uow,
        scene.member.id,
        scene.company.key,
        successor_id=scene.admin.id,
        actor_id=scene.admin.id,
        now=MONDAY,
    )


def lose_credit(uow: UnitOfWork, scene: Scene) -> None:
    """Three times nobody of the company comes to another instrument."""
    elsewhere = replace(make_scene(uow), member=scene.member)
    make_no_shows(uow, elsewhere, 3, now=MONDAY)


def test_a_request_of_a_company_that_lost_its_credit_needs_a_reason(uow: UnitOfWork) -> None:
    make_rules(uow)
    scene = make_scene(uow, policy=ASKED)
    number = make_reservation(uow, scene, FRIDAY, now=MONDAY).number
    lose_credit(uow, scene)
    with pytest.raises(ReservationRefused) as refused, uow.session.begin_nested():
        approve(uow, number, actor=scene.manager, now=NOW)
    assert codes(refused) == ["credit.too_low"]
    made = approve(uow, number, actor=scene.manager, now=NOW, reason="急件")
    assert (made.state, made.override_reason) == (State.CONFIRMED, "急件")


def test_a_series_is_approved_by_the_same_rules(uow: UnitOfWork) -> None:
    make_rules(uow)
    scene = make_scene(uow, policy=ASKED)
    wish = SeriesWish(scene.wish(FRIDAY), "FREQ=DAILY;COUNT=2")
    series = reserve_series(uow, wish, actor=scene.member, now=MONDAY).series
    lose_credit(uow, scene)
    with pytest.raises(ReservationRefused) as refused, uow.session.begin_nested():
        approve_series(uow, series.number, actor=scene.manager, now=NOW)
    assert codes(refused) == ["credit.too_low"] * 2
    made = approve_series(uow, series.number, actor=scene.manager, now=NOW, reason="急件")
    assert {one.reservation.state for one in made} == {State.CONFIRMED}


def test_a_mode_that_is_offered_no_longer_cannot_be_promised(uow: UnitOfWork) -> None:
    scene = make_scene(uow, policy=ASKED)
    made = make_reservation(uow, scene, now=MONDAY)
    others = [mode for mode in scene.instrument.service_modes if mode != made.mode]
    scene.instrument.service_modes = others or [ServiceMode.REMOTE]
    uow.session.flush()
    with pytest.raises(ReservationRefused) as refused, uow.session.begin_nested():
        approve(uow, made.number, actor=scene.manager, now=MONDAY, reason="已答应")
    assert codes(refused) == ["mode.not_offered"]


def test_a_request_does_not_stand_in_its_own_way(uow: UnitOfWork) -> None:
    """What counts it already is not asked again: it took the last of everything when it came."""
    quota = {"per": "organisation", "measure": "count", "period": "day", "limit": 1}
    rules = {**ASKED, "quotas": [quota], "notice_minutes": 60, "person_gap_minutes": 60}
    scene = make_scene(uow, policy=rules)
    made = make_reservation(uow, scene, now=MONDAY)
    assert (
        approve(uow, made.number, actor=scene.manager, now=at("11-24 11:30")).state == "confirmed"
    )


def test_whose_company_lost_its_credit_hands_nothing_on(uow: UnitOfWork) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    number = make_reservation(uow, scene, FRIDAY, now=MONDAY).number
    lose_credit(uow, scene)
    with pytest.raises(ReservationRefused) as refused:
        hand_to_colleague(uow, number, scene.admin.id, actor=scene.member, now=NOW)
    assert codes(refused) == ["credit.too_low"]


def test_a_colleague_keeps_the_gap_to_what_they_have_booked(uow: UnitOfWork) -> None:
    scene = make_scene(uow, policy={"person_gap_minutes": 60})
    third = make_member(uow, scene.company.key)
    number = make_reservation(uow, scene, now=MONDAY).number
    reserve(uow, scene.wish(between("11-24 14:30", "15:30")), actor=scene.admin, now=MONDAY)
    with pytest.raises(ReservationRefused) as refused:
        hand_to_colleague(uow, number, scene.admin.id, actor=scene.member, now=MONDAY)
    assert codes(refused) == ["gap.person"]
    assert hand_to_colleague(uow, number, third.id, actor=scene.member, now=MONDAY).key


def test_what_the_lab_set_aside_for_the_company_holds_for_its_next_person(uow: UnitOfWork) -> None:
    none = {"measure": "count", "period": "day", "limit": 0}
    scene = make_scene(
        uow, policy={"quotas": [{**none, "per": "organisation"}], "organisation_gap_minutes": 600}
    )
    for span in (NOON, between("11-24 15:00", "16:00")):
        wish = scene.wish(span, on_behalf_of=scene.member.id, override_reason="抢救样品")
        number = reserve(uow, wish, actor=scene.manager, now=MONDAY).number
    given = hand_to_colleague(uow, number, scene.admin.id, actor=scene.member, now=MONDAY)
    assert given.holder_id == scene.admin.id


def test_an_untrained_successor_of_who_leaves_waits_for_the_lab(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    make_grant(uow, scene, now=MONDAY)
    number = make_reservation(uow, scene, now=MONDAY).number
    leave(uow, scene)
    left = reservation_by_number(uow.session, number).reservation
    assert (left.state, left.holder_id) == (State.REQUESTED, scene.admin.id)
    assert left.decide_by is not None
    with pytest.raises(ReservationRefused) as refused, uow.session.begin_nested():
        approve(uow, number, actor=scene.manager, now=MONDAY)
    assert codes(refused) == ["training.missing"]
    make_grant(uow, scene, scene.admin, now=MONDAY)
    assert approve(uow, number, actor=scene.manager, now=MONDAY).state is State.CONFIRMED


def test_a_trained_successor_keeps_what_was_promised(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    for person in (scene.member, scene.admin):
        make_grant(uow, scene, person, now=MONDAY)
    number = make_reservation(uow, scene, now=MONDAY).number
    leave(uow, scene)
    assert reservation_by_number(uow.session, number).reservation.state is State.CONFIRMED


def test_an_agreed_price_survives_the_price_list_when_it_is_approved(uow: UnitOfWork) -> None:
    scene, number = keeps_price(uow, **ASKED)
    made = approve(uow, number, actor=scene.manager, now=MONDAY)
    assert (made.state, made.quoted_fen) == (State.CONFIRMED, 165_000)


def test_an_agreed_price_survives_the_price_list_when_it_changes_hands(uow: UnitOfWork) -> None:
    scene, number = keeps_price(uow)
    third = make_member(uow, scene.company.key)
    hand_to_colleague(uow, number, third.id, actor=scene.member, now=MONDAY)
    back = hand_to_colleague(uow, number, scene.member.id, actor=third, now=MONDAY)
    leave(uow, scene)
    assert (back.holder_id, back.quoted_fen) == (scene.admin.id, 165_000)
