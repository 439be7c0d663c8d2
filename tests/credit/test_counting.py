"""What happens to bookings counts once, for the right side, and only while rules are in force."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from booking.credit.actions.enter import Occasion, enter
from booking.credit.models import CreditEntry
from booking.credit.queries.standing import credit_of_lab, credit_of_organisation
from booking.credit.rules import Cause, Level
from booking.instruments.actions.faults import close_for_fault, report_fault
from booking.instruments.rules.terms import ServiceMode
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.decide import approve
from booking.reservations.actions.dispute import ask_centre, dispute, resolve
from booking.reservations.actions.life import fact
from booking.reservations.events import ReservationMissed
from booking.reservations.jobs import confirm_silent, mark_no_shows
from booking.reservations.queries.loading import reservation_for_update
from booking.reservations.reactions import count_overrun
from booking.reservations.states import State
from tests.factories.accounts import make_staff
from tests.factories.credit import entries, make_no_show, make_rules
from tests.factories.instruments import enter_year
from tests.factories.reservation_values import between
from tests.factories.reservations import (
    make_entrusted,
    make_reservation,
    make_scene,
    make_use,
    state_of,
)
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
ON_TIME = moment("2026-11-24T12:00")
WEEKS_LATER = moment("2026-12-20T09:00")


def test_nothing_counts_before_the_centre_has_put_rules_into_force(uow) -> None:
    make_no_show(uow, make_scene(uow), now=MONDAY)
    assert entries(uow.session) == []


def test_nothing_counts_while_the_rules_are_out_of_force(uow) -> None:
    make_rules(uow)
    make_rules(uow, active=False, now=MONDAY)
    make_no_show(uow, make_scene(uow), now=MONDAY)
    assert entries(uow.session) == []


def test_rules_of_a_later_day_do_not_count_yet(uow) -> None:
    scene = make_scene(uow)
    make_rules(uow, now=WEEKS_LATER)
    make_no_show(uow, scene, now=MONDAY)
    assert entries(uow.session) == []


def test_a_no_show_counts_for_the_company(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    made = make_no_show(uow, scene, now=MONDAY)
    credit = credit_of_organisation(uow.session, scene.company.key, ON_TIME)
    assert entries(uow.session, made.number) == [(Cause.NO_SHOW, -15)]
    assert credit is not None
    assert (credit.score, credit.level) == (85, Level.FREE)


def test_it_lapses(uow) -> None:
    make_rules(uow, loss_days=10)
    scene = make_scene(uow)
    made = make_no_show(uow, scene, now=MONDAY)
    lapses = uow.session.execute(sa.select(col(CreditEntry.lapses_at))).scalar_one()
    credit = credit_of_organisation(uow.session, scene.company.key, lapses)
    assert (lapses - made.missed_from).days == 10
    assert credit is not None
    assert credit.score == 100


def test_a_cancellation_counts_only_when_it_is_late(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow, policy={"free_cancel_minutes": 60})
    early = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, early.number, actor=scene.member, now=MONDAY)
    late = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, late.number, actor=scene.member, now=moment("2026-11-24T11:30"))
    assert entries(uow.session) == [(Cause.LATE_CANCELLATION, -5)]


def test_what_the_lab_takes_back_counts_for_the_lab(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, made.number, actor=scene.manager, now=MONDAY, reason="另有安排")
    credit = credit_of_lab(uow.session, scene.instrument.lab_id, MONDAY)
    company = credit_of_organisation(uow.session, scene.company.key, MONDAY)
    assert entries(uow.session) == [(Cause.HOST_CANCELLATION, -10)]
    assert credit is not None
    assert company is not None
    assert (credit.score, company.score) == (90, 100)


def test_what_was_never_promised_is_not_taken_back(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow, policy={"approval": "always"})
    made = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, made.number, actor=scene.manager, now=MONDAY, reason="另有安排")
    assert entries(uow.session) == []


def test_an_approved_booking_was_promised(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow, policy={"approval": "always"})
    made = make_reservation(uow, scene, now=MONDAY)
    approve(uow, made.number, actor=scene.manager, now=MONDAY)
    cancel(uow, made.number, actor=scene.manager, now=MONDAY, reason="另有安排")
    assert entries(uow.session) == [(Cause.HOST_CANCELLATION, -10)]


def test_own_instruments_count_for_nobody(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    inside = replace(scene, member=scene.manager)
    make_no_show(uow, inside, now=MONDAY)
    assert entries(uow.session) == []


def test_the_same_fact_told_twice_counts_once(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    made = make_no_show(uow, scene, now=MONDAY)
    occasion = Occasion(
        number=made.number,
        organisation_id=scene.company.key,
        lab_id=scene.instrument.lab_id,
        person_id=scene.member.id,
    )
    assert enter(uow, Cause.NO_SHOW, occasion, now=WEEKS_LATER) is None
    assert enter(uow, Cause.OVERRUN, occasion, now=WEEKS_LATER) is not None
    assert entries(uow.session) == [(Cause.NO_SHOW, -15), (Cause.OVERRUN, -5)]


def test_the_database_refuses_the_same_fact_twice(uow) -> None:
    make_rules(uow)
    make_no_show(uow, make_scene(uow), now=MONDAY)
    again = sa.text(
        "INSERT INTO credit_entry (organisation_id, cause, points, reservation_number, at,"
        " lapses_at, rules_id) SELECT organisation_id, cause, points, reservation_number, at,"
        " lapses_at, rules_id FROM credit_entry"
    )
    with pytest.raises(IntegrityError):
        uow.session.execute(again)


def test_the_sweep_enters_each_no_show_once_however_often_it_runs(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    for hour in (9, 11, 13):
        make_reservation(
            uow, scene, between(f"11-24 {hour:02}:00", f"{hour + 1:02}:00"), now=MONDAY
        )
    for _ in range(2):
        mark_no_shows(uow, WEEKS_LATER)
    assert entries(uow.session) == [(Cause.NO_SHOW, -15)] * 3


def test_a_use_that_both_confirm_is_good_for_both(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    made = make_use(uow, scene, now=MONDAY)
    for side in (scene.manager, scene.member):
        confirm(uow, made.number, actor=side, now=ON_TIME + timedelta(hours=3))
    assert entries(uow.session) == [(Cause.GOOD_USE, 1), (Cause.HOST_GOOD_USE, 1)]


@pytest.mark.parametrize(
    ("spoke", "expected"),
    [
        ("manager", [(Cause.LATE_CONFIRMATION, -2)]),
        ("member", [(Cause.HOST_LATE_CONFIRMATION, -2)]),
        (None, [(Cause.LATE_CONFIRMATION, -2), (Cause.HOST_LATE_CONFIRMATION, -2)]),
    ],
)
def test_whoever_was_silent_to_the_end_was_late(uow, spoke, expected) -> None:
    make_rules(uow)
    for year in (2026, 2027):
        enter_year(uow, year)
    scene = make_scene(uow)
    made = make_use(uow, scene, now=MONDAY)
    if spoke:
        side = getattr(scene, spoke)
        confirm(uow, made.number, actor=side, now=ON_TIME + timedelta(hours=3))
    confirm_silent(uow, WEEKS_LATER)
    assert entries(uow.session) == expected


@pytest.mark.parametrize("spoke", ["manager", "member"])
def test_who_had_no_time_to_confirm_was_not_late(uow, spoke) -> None:
    make_rules(uow)
    scene = make_scene(uow, policy={"confirm_tolerance_minutes": 15})
    made = make_reservation(uow, scene, now=MONDAY)
    check_in(uow, made.number, actor=scene.manager, now=ON_TIME)
    check_out(uow, made.number, None, actor=scene.manager, now=ON_TIME + timedelta(hours=2))
    confirm(
        uow, made.number, actor=getattr(scene, spoke), now=ON_TIME + timedelta(hours=2, minutes=1)
    )
    assert state_of(uow.session, made.number) is State.SETTLED
    assert entries(uow.session) == []


def test_nobody_is_late_where_the_policy_gives_no_days_to_confirm(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow, policy={"confirm_days": 0})
    made = make_use(uow, scene, now=MONDAY)
    confirm_silent(uow, WEEKS_LATER)
    assert state_of(uow.session, made.number) is State.SETTLED
    assert entries(uow.session) == []


def test_nobody_is_late_with_what_the_centre_has_decided(uow) -> None:
    make_rules(uow)
    scene, centre = make_scene(uow), make_staff(uow)
    made = make_use(uow, scene, now=MONDAY)
    later = ON_TIME + timedelta(hours=3)
    dispute(uow, made.number, actor=scene.member, now=later, reason="只用了一小时")
    ask_centre(uow, made.number, actor=scene.member, now=later)
    resolve(uow, made.number, actor=centre, now=later, reason="维持")
    assert state_of(uow.session, made.number) is State.SETTLED
    assert entries(uow.session) == []


@pytest.mark.parametrize(
    ("mode", "minutes", "expected"),
    [
        ("entrusted", 15, []),
        ("entrusted", 16, [(Cause.HOST_LATE_START, -5)]),
        ("self_operated", 16, []),
    ],
)
def test_a_late_start_is_the_labs_where_the_lab_operates(uow, mode, minutes, expected) -> None:
    make_rules(uow, late_start_minutes=15)
    scene = make_scene(uow)
    made = make_entrusted(uow, scene, now=MONDAY, mode=ServiceMode(mode))
    check_in(uow, made.number, actor=scene.manager, now=ON_TIME + timedelta(minutes=minutes))
    assert entries(uow.session) == expected


@pytest.mark.parametrize("mode", ["assisted", "entrusted"])
def test_what_the_company_begins_late_is_not_held_against_the_lab(uow, mode) -> None:
    make_rules(uow, late_start_minutes=15)
    scene = make_scene(uow)
    made = make_entrusted(uow, scene, now=MONDAY, mode=ServiceMode(mode))
    check_in(uow, made.number, actor=scene.member, now=ON_TIME + timedelta(minutes=16))
    assert entries(uow.session) == []


def test_an_overrun_counts_once(uow) -> None:
    make_rules(uow)
    made = make_use(uow, make_scene(uow), now=MONDAY)
    booked = reservation_for_update(uow.session, made.number)
    told = ReservationMissed(**fact(booked, now=ON_TIME, actor_id=None, changes={}), fee_fen=0)
    for _ in range(2):
        count_overrun(uow, told)
    assert entries(uow.session) == [(Cause.OVERRUN, -5)]


def test_a_lab_whose_instrument_is_broken_breaks_no_promise(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=MONDAY)
    noticed = report_fault(uow, scene.instrument.key, "异响", actor=scene.manager, now=MONDAY)
    until = MONDAY + timedelta(days=3)
    close_for_fault(uow, noticed.key, actor=scene.manager, now=MONDAY, until=until)
    cancel(uow, made.number, actor=scene.manager, now=MONDAY, reason="故障")
    assert entries(uow.session) == []
