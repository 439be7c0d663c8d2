"""Operators and accessories of a lab: one serves many instruments, one booking at a time."""

from dataclasses import replace

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.errors import SlotTaken
from booking.instruments.models.unit import UnitKind
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.units import helpers_held_for
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import make_instrument, make_lab
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_scene
from tests.support.clock import FrozenClock

LATER = between("11-24 16:00", "18:00")


def make_two(uow: UnitOfWork) -> tuple[Scene, Scene]:
    """Two instruments of one lab, each of two places."""
    one = make_scene(uow, units=2)
    other = make_instrument(uow, lab_id=one.instrument.lab_id, units=2)
    return one, replace(one, instrument=other)


def offered(
    uow: UnitOfWork, *scenes: Scene, clock: FrozenClock, kind: UnitKind = UnitKind.OPERATOR
) -> int:
    """A helper of the lab, offered with each scene's instrument."""
    wanted = Helper(
        kind=kind,
        label="示例实验技术人员",
        instrument_ids=[scene.instrument.key for scene in scenes],
    )
    lab_id, manager = scenes[0].instrument.lab_id, scenes[0].manager
    return keep_helper(uow, lab_id, wanted, actor=manager, now=clock.now()).key


def assisted(
    uow: UnitOfWork,
    scene: Scene,
    clock: FrozenClock,
    *,
    span: TimeSpan = NOON,
    helper_ids: tuple[int, ...] = (),
) -> Reservation:
    wish = scene.wish(span, mode=ServiceMode.ASSISTED, helper_ids=helper_ids)
    return reserve(uow, wish, actor=scene.member, now=clock.now())


def helpers(uow: UnitOfWork, made: Reservation) -> tuple[int, ...]:
    return helpers_held_for(uow.session, made.number).all


@pytest.mark.parametrize("kind", [UnitKind.OPERATOR, UnitKind.ACCESSORY])
def test_what_two_instruments_share_is_at_one_of_them(
    uow: UnitOfWork, clock: FrozenClock, kind: UnitKind
) -> None:
    one, other = make_two(uow)
    shared = offered(uow, one, other, clock=clock, kind=kind)
    made = reserve(uow, one.wish(helper_ids=(shared,)), actor=one.member, now=clock.now())
    with pytest.raises(SlotTaken) as refused:
        reserve(uow, other.wish(helper_ids=(shared,)), actor=one.member, now=clock.now())
    assert [conflict.span for conflict in refused.value.conflicts] == [NOON]
    cancel(uow, made.number, actor=one.member, now=clock.now())
    reserve(uow, other.wish(helper_ids=(shared,)), actor=one.member, now=clock.now())


def test_assisted_use_takes_the_first_operator_who_is_free(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    one, other = make_two(uow)
    first, second = (offered(uow, one, other, clock=clock) for _ in range(2))
    assert helpers(uow, assisted(uow, one, clock)) == (first,)
    assert helpers(uow, assisted(uow, other, clock)) == (second,)
    with pytest.raises(ReservationRefused) as refused:
        assisted(uow, other, clock)
    assert [violation.code for violation in refused.value.violations] == ["operator.none_free"]
    here = [one for one in refused.value.alternatives if one.instrument_id == other.instrument.key]
    assert here
    assert not any(offer.span.overlaps(NOON) for offer in here)


def test_who_was_asked_for_is_taken_and_nobody_else(uow: UnitOfWork, clock: FrozenClock) -> None:
    one, _ = make_two(uow)
    first, second = (offered(uow, one, clock=clock) for _ in range(2))
    tool = offered(uow, one, clock=clock, kind=UnitKind.ACCESSORY)
    assert helpers(uow, assisted(uow, one, clock, helper_ids=(second,))) == (second,)
    assert helpers(uow, assisted(uow, one, clock, helper_ids=(tool,))) == (first, tool)


def test_self_operated_use_and_instruments_without_operators_need_none(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    one, other = make_two(uow)
    offered(uow, one, clock=clock)
    alone = reserve(uow, one.wish(), actor=one.member, now=clock.now())
    assert helpers(uow, alone) == ()
    assert helpers(uow, assisted(uow, other, clock)) == ()


def test_an_operator_moves_with_the_booking(uow: UnitOfWork, clock: FrozenClock) -> None:
    one, other = make_two(uow)
    shared = offered(uow, one, other, clock=clock)
    made = assisted(uow, one, clock)
    reschedule(uow, made.number, LATER, actor=one.member, now=clock.now())
    assert helpers(uow, made) == (shared,)
    assisted(uow, other, clock)


def test_who_is_no_longer_offered_keeps_bookings_and_gets_none(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    one, other = make_two(uow)
    shared = offered(uow, one, other, clock=clock)
    made = assisted(uow, one, clock)
    only_other = Helper(kind=UnitKind.OPERATOR, label="改名", instrument_ids=[other.instrument.key])
    lab_id, now = one.instrument.lab_id, clock.now()
    unit = keep_helper(uow, lab_id, only_other, unit_id=shared, actor=one.manager, now=now)
    assert (unit.key, unit.label) == (shared, "改名")
    assert helpers(uow, made) == (shared,)
    with pytest.raises(NotFound):
        assisted(uow, one, clock, span=LATER, helper_ids=(shared,))
    retired = replace(only_other, active=False)
    keep_helper(uow, lab_id, retired, unit_id=shared, actor=one.manager, now=now)
    assert helpers(uow, assisted(uow, other, clock, span=LATER)) == ()


def test_a_lab_offers_its_own_with_its_own_only(uow: UnitOfWork, clock: FrozenClock) -> None:
    one, _ = make_two(uow)
    shared = offered(uow, one, clock=clock)
    lab = make_lab(uow)
    keeper, foreign = make_lab_person(uow, lab.key), make_instrument(uow, lab_id=lab.key)
    theirs = Helper(kind=UnitKind.OPERATOR, label="甲", instrument_ids=[foreign.key])
    mine = replace(theirs, instrument_ids=[one.instrument.key])
    for lab_id, wanted, actor, unit_id in (
        (one.instrument.lab_id, theirs, one.manager, None),
        (one.instrument.lab_id, mine, keeper, None),
        (lab.key, theirs, keeper, shared),
    ):
        with pytest.raises(NotFound):
            keep_helper(uow, lab_id, wanted, unit_id=unit_id, actor=actor, now=clock.now())
