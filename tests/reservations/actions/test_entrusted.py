"""Time in which the lab works for a company is taken by the lab, for an order."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.rules.terms import ServiceMode, usual_mode
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.join_waitlist import join_waitlist
from booking.reservations.actions.reschedule import reschedule, resize
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.errors import ConsentMissing, ReservationRefused
from booking.reservations.rules.wish import SeriesWish
from tests.factories.reservation_values import between
from tests.factories.reservations import (
    NOON,
    Scene,
    held_for,
    make_entrusted,
    make_reservation,
    make_scene,
)
from tests.factories.waitlist import wait_wish
from tests.support.clock import FrozenClock

HOUR = timedelta(hours=1)
LATER = between("11-24 15:00", "17:00")
ENTRUSTED = ServiceMode.ENTRUSTED
Way = Callable[[UnitOfWork, Scene, datetime], object]
WAYS: dict[str, Way] = {
    "alone": lambda uow, s, now: reserve(uow, s.wish(mode=ENTRUSTED), actor=s.member, now=now),
    "series": lambda uow, s, now: reserve_series(
        uow,
        SeriesWish(s.wish(mode=ENTRUSTED), "FREQ=DAILY;COUNT=2"),
        actor=s.member,
        now=now,
    ),
    "joint": lambda uow, s, now: reserve_joint(
        uow, [s.wish(mode=ENTRUSTED), s.wish(LATER)], actor=s.member, now=now
    ),
}


def codes(refused: pytest.ExceptionInfo[ReservationRefused]) -> set[str]:
    return {one.code for one in refused.value.violations}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_company_takes_no_time_of_the_lab_without_an_order(
    uow: UnitOfWork, clock: FrozenClock, way: Way
) -> None:
    scene = make_scene(uow)
    with pytest.raises(ReservationRefused) as refused:
        way(uow, scene, clock.now())
    assert codes(refused) == {"mode.order_needed"}


def test_no_other_time_would_do_instead(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    with pytest.raises(ReservationRefused) as refused:
        WAYS["alone"](uow, scene, clock.now())
    assert refused.value.alternatives == ()


def test_nor_is_it_waited_for(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        join_waitlist(uow, wait_wish(scene, mode=ENTRUSTED), actor=scene.admin, now=clock.now())
    assert codes(refused) == {"mode.order_needed"}


def test_the_lab_takes_it_for_them(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    assert held_for(uow.session, make_entrusted(uow, scene, now=clock.now()).number) == [NOON]


@pytest.mark.parametrize("span", [LATER, TimeSpan(NOON.start, NOON.end - HOUR)])
@pytest.mark.parametrize("who", ["member", "admin"])
def test_what_the_lab_has_taken_the_lab_moves(
    uow: UnitOfWork, clock: FrozenClock, span: TimeSpan, who: str
) -> None:
    scene = make_scene(uow)
    made = make_entrusted(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused) as refused, uow.session.begin_nested():
        reschedule(uow, made.number, span, actor=getattr(scene, who), now=clock.now())
    assert codes(refused) == {"mode.order_needed"}
    reschedule(uow, made.number, span, actor=scene.manager, now=clock.now())
    assert held_for(uow.session, made.number) == [span]


@pytest.mark.parametrize("begun", [False, True])
def test_and_shortens(uow: UnitOfWork, clock: FrozenClock, *, begun: bool) -> None:
    scene, number = taken_by_the_lab(uow, clock, begun=begun)
    end = NOON.end - HOUR
    with pytest.raises(ReservationRefused) as refused, uow.session.begin_nested():
        resize(uow, number, end, actor=scene.member, now=clock.now())
    assert codes(refused) == {"mode.order_needed"}
    resize(uow, number, end, actor=scene.manager, now=clock.now())
    assert held_for(uow.session, number) == [TimeSpan(NOON.start, end)]


@pytest.mark.parametrize("begun", [False, True])
def test_more_time_than_was_quoted_is_for_the_company_to_grant(
    uow: UnitOfWork, clock: FrozenClock, *, begun: bool
) -> None:
    scene, number = taken_by_the_lab(uow, clock, begun=begun)
    with pytest.raises(ConsentMissing):
        resize(uow, number, NOON.end + HOUR, actor=scene.manager, now=clock.now())


def taken_by_the_lab(uow: UnitOfWork, clock: FrozenClock, *, begun: bool) -> tuple[Scene, str]:
    """Time that a lab took to work for a company, which it may have begun to use."""
    scene = make_scene(uow)
    made = make_entrusted(uow, scene, now=clock.now())
    if begun:
        clock.at(NOON.start.isoformat())
        check_in(uow, made.number, actor=scene.manager, now=clock.now())
    return scene, made.number


@pytest.mark.parametrize(
    ("offered", "usual"),
    [
        (("entrusted", "remote"), "remote"),
        (("self_operated", "entrusted"), "self_operated"),
        (("entrusted",), "entrusted"),
        ((), "self_operated"),
    ],
)
def test_a_wish_that_names_no_mode_means_none_that_takes_an_order(
    offered: tuple[str, ...], usual: str
) -> None:
    assert usual_mode(offered) == usual
