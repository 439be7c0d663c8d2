"""An accessory is withdrawn while somebody waits for it: they hear of it and keep waiting."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import select

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.models.unit import Unit, UnitKind
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.answer_offer import accept_offer
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.carry_on_without import carry_on_without
from booking.reservations.jobs import expire_offers
from booking.reservations.models.waitlist import WaitlistEntry
from booking.reservations.queries.units import helpers_held_for
from booking.reservations.rules.waitlist import still_offered
from booking.reservations.states import EntryState
from tests.conftest import Write
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.factories.waitlist import Waiter, entry_state, make_waiter, offer_to
from tests.reservations.actions.test_operators import make_two, offered
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound

KIND = UnitKind.ACCESSORY


def withdraw(
    uow: UnitOfWork, unit: int, clock: FrozenClock, *scenes: Scene, active: bool = False
) -> None:
    """Offered with these instruments from now on, or not at all."""
    wanted = Helper(
        kind=KIND,
        label="示例原位台",
        instrument_ids=[one.instrument.key for one in scenes],
        active=active,
    )
    lab_id, manager = scenes[0].instrument.lab_id, scenes[0].manager
    keep_helper(uow, lab_id, wanted, unit_id=unit, actor=manager, now=clock.now())


def waits_for(uow: UnitOfWork, waiter: Waiter) -> list[int]:
    return uow.session.get_one(WaitlistEntry, waiter.entry_id).helper_ids


def letters(uow: UnitOfWork) -> list[tuple[int, object]]:
    asked = select(OutboxMessage).where(OutboxMessage.fact == "waitlist_without")
    return [(one.user_id or 0, one.params["gone"]) for one in uow.session.exec(asked)]


@pytest.mark.parametrize(
    ("wanted", "offered", "left"),
    [
        ((1, 2), [{1, 2}], (1, 2)),
        ((1, 2), [{1}, {1, 2}], (1, 2)),
        ((1, 2), [{1}, {2}], (1,)),
        ((2, 1), [{1, 2, 3}], (2, 1)),
        ((1, 2), [set(), {2}], (2,)),
        ((1,), [set()], ()),
        ((1,), [], ()),
    ],
)
def test_as_much_as_one_instrument_has_is_waited_for(
    wanted: tuple[int, ...], offered: list[set[int]], left: tuple[int, ...]
) -> None:
    assert still_offered(wanted, [frozenset(each) for each in offered]) == left


def test_a_place_goes_on_without_what_is_offered_no_longer_and_its_holder_is_told(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    stage, other = (offered(uow, scene, clock=clock, kind=KIND) for _ in range(2))
    number = make_reservation(uow, scene, now=clock.now()).number
    first = make_waiter(uow, scene, now=clock.now(), helper_ids=(stage, other))
    second = make_waiter(uow, scene, now=clock.now())
    withdraw(uow, stage, clock, scene)
    assert waits_for(uow, first) == [other]
    assert letters(uow) == [(first.actor.id, ["示例原位台"])]
    assert expire_offers(uow, clock.now()) == 0
    cancel(uow, number, actor=scene.member, now=clock.now())
    offer = offer_to(uow.session, first)
    assert offer is not None
    assert offer_to(uow.session, second) is None
    made = accept_offer(uow, offer.key, actor=first.actor, now=clock.now())
    assert helpers_held_for(uow.session, made.number).all == (other,)
    assert_sound(uow.session)


def test_what_is_offered_already_can_be_taken_without_it(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    stage = offered(uow, scene, clock=clock, kind=KIND)
    number = make_reservation(uow, scene, now=clock.now()).number
    waiter = make_waiter(uow, scene, now=clock.now(), helper_ids=(stage,))
    cancel(uow, number, actor=scene.member, now=clock.now())
    offer = offer_to(uow.session, waiter)
    assert offer is not None
    withdraw(uow, stage, clock, scene)
    made = accept_offer(uow, offer.key, actor=waiter.actor, now=clock.now())
    assert helpers_held_for(uow.session, made.number).all == ()
    assert entry_state(uow.session, waiter) is EntryState.SERVED
    assert_sound(uow.session)


def test_as_long_as_one_instrument_has_it_the_place_waits_for_that(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    one, other = make_two(uow)
    stage = offered(uow, one, other, clock=clock, kind=KIND)
    for scene in (one, one, other, other):
        make_reservation(uow, scene, now=clock.now())
    both = (one.instrument.key, other.instrument.key)
    waiter = make_waiter(uow, one, now=clock.now(), instrument_ids=both, helper_ids=(stage,))
    withdraw(uow, stage, clock, other, active=True)
    assert (waits_for(uow, waiter), letters(uow)) == ([stage], [])


def test_the_clock_finds_what_was_withdrawn_another_way(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    stage = offered(uow, scene, clock=clock, kind=KIND)
    make_reservation(uow, scene, now=clock.now())
    waiter = make_waiter(uow, scene, now=clock.now(), helper_ids=(stage,))
    uow.session.get_one(Unit, stage).active = False
    uow.session.flush()
    assert expire_offers(uow, clock.now()) == 1
    assert expire_offers(uow, clock.now()) == 0
    assert waits_for(uow, waiter) == []


def test_who_finds_it_in_the_same_moment_as_somebody_else_tells_nobody_again(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        scene = make_scene(uow)
        stage = offered(uow, scene, clock=clock, kind=KIND)
        make_reservation(uow, scene, now=clock.now())
        waiter = make_waiter(uow, scene, now=clock.now(), helper_ids=(stage,))
        uow.session.get_one(Unit, stage).active = False

    def sweep() -> int:
        with write() as uow:
            return carry_on_without(uow, now=clock.now())

    def meanwhile(*told: object) -> None:
        if "FOR UPDATE SKIP LOCKED" in str(told[2]) and not overtaken:
            overtaken.append(True)
            sweep()

    overtaken: list[bool] = []
    # On SQLite one follows the other.
    sa.event.listen(engine, "before_cursor_execute", meanwhile)
    sweep()
    sa.event.remove(engine, "before_cursor_execute", meanwhile)
    sweep()
    assert len(overtaken) == (engine.dialect.name == "postgresql")
    with write() as uow:
        assert letters(uow) == [(waiter.actor.id, ["示例实验技术人员"])]
