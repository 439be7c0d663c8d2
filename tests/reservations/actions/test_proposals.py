"""Another time that the lab proposes: held meanwhile, taken without a gap, or left."""

from datetime import datetime, timedelta

import pytest

from booking.checking.time import unheld_proposals
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import HoldReason, release_holds
from booking.instruments.models.calendar import ClosureKind
from booking.kernel.errors import BookingError, Forbidden, NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.answer_proposal import accept_proposal, decline_proposal
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.propose_time import Proposed, propose_time, withdraw_proposal
from booking.reservations.actions.reschedule import reschedule, resize
from booking.reservations.errors import (
    AskOpen,
    AskOver,
    IllegalTransition,
    NothingNew,
    ReasonMissing,
    ReservationRefused,
)
from booking.reservations.jobs import lapse_asks
from booking.reservations.states import AskState, State
from tests.factories.asks import held_for_proposal, make_neighbour, proposal_state
from tests.factories.instruments import make_instrument
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    Scene,
    held_for,
    make_reservation,
    make_scene,
    told_of,
)
from tests.factories.waitlist import held_for_offer, make_waiter, offer_to
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound

LATER = between("11-24 15:00", "17:00")
SHIFTED = between("11-24 13:00", "15:00")


def proposed(
    uow: UnitOfWork, scene: Scene, number: str, span: TimeSpan = LATER, *, now: datetime
) -> int:
    """What the lab proposes for a booking."""
    wanted = Proposed(span=span, reason="设备保养")
    return propose_time(uow, number, wanted, actor=scene.manager, now=now).key


def test_the_proposed_time_is_held_and_then_taken(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"buffer_after_minutes": 30})
    number = make_reservation(uow, scene, now=clock.now()).number
    key = proposed(uow, scene, number, now=clock.now())
    wide = LATER.widened(timedelta(0), timedelta(minutes=30))
    assert held_for_proposal(uow.session, key) == [wide]
    with pytest.raises(SlotTaken):
        make_neighbour(uow, scene, LATER, now=clock.now())
    assert_sound(uow.session)
    moved = accept_proposal(uow, key, actor=scene.member, now=clock.now())
    assert (moved.starts_at, moved.fee_fen) == (LATER.start, 0)
    assert held_for(uow.session, number) == [wide]
    assert held_for_proposal(uow.session, key) == []
    assert proposal_state(uow.session, key) is AskState.ACCEPTED
    assert told_of(uow.session, number)[-2:] == ["proposal.accepted", "reservation.moved"]
    assert_sound(uow.session)


def test_time_that_the_booking_holds_itself_is_not_held_twice(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    key = proposed(uow, scene, number, SHIFTED, now=clock.now())
    assert held_for_proposal(uow.session, key) == [TimeSpan(NOON.end, SHIFTED.end)]
    assert_sound(uow.session)
    accept_proposal(uow, key, actor=scene.member, now=clock.now())
    assert held_for(uow.session, number) == [SHIFTED]
    make_neighbour(uow, scene, TimeSpan(NOON.start, SHIFTED.start), now=clock.now())
    assert_sound(uow.session)


def test_another_instrument_of_the_lab_may_be_proposed(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    other = make_instrument(uow, lab_id=scene.instrument.lab_id)
    number = make_reservation(uow, scene, now=clock.now()).number
    wanted = Proposed(span=NOON, reason="故障", instrument_id=other.key)
    key = propose_time(uow, number, wanted, actor=scene.manager, now=clock.now()).key
    moved = accept_proposal(uow, key, actor=scene.member, now=clock.now())
    assert (moved.instrument_id, moved.unit_id != 1) == (other.key, True)
    make_neighbour(uow, scene, NOON, now=clock.now())
    assert_sound(uow.session)


def test_no_instrument_of_another_lab(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    strange = make_instrument(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    wanted = Proposed(span=NOON, reason="故障", instrument_id=strange.key)
    with pytest.raises(NotFound):
        propose_time(uow, number, wanted, actor=scene.manager, now=clock.now())


def test_only_the_lab_proposes_and_only_the_company_answers(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    wanted = Proposed(span=LATER, reason="保养")
    with pytest.raises(Forbidden):
        propose_time(uow, number, wanted, actor=scene.member, now=clock.now())
    with pytest.raises(ReasonMissing):
        propose_time(
            uow, number, Proposed(span=LATER, reason=" "), actor=scene.manager, now=clock.now()
        )
    key = proposed(uow, scene, number, now=clock.now())
    stranger = make_neighbour(uow, scene, between("11-24 09:00", "10:00"), now=clock.now()).actor
    for deed in (accept_proposal, decline_proposal):
        with pytest.raises(Forbidden):
            deed(uow, key, actor=scene.manager, now=clock.now())
        with pytest.raises(NotFound):
            deed(uow, key, actor=stranger, now=clock.now())
    with pytest.raises(Forbidden):
        withdraw_proposal(uow, key, actor=scene.member, now=clock.now())


def test_one_proposal_at_a_time_and_none_for_the_booked_time(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    with pytest.raises(NothingNew):
        proposed(uow, scene, number, NOON, now=clock.now())
    proposed(uow, scene, number, now=clock.now())
    with pytest.raises(AskOpen):
        proposed(uow, scene, number, SHIFTED, now=clock.now())


def test_a_request_is_promised_by_the_time_that_is_accepted(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"approval": "always"})
    number = make_reservation(uow, scene, now=clock.now()).number
    key = proposed(uow, scene, number, now=clock.now())
    moved = accept_proposal(uow, key, actor=scene.member, now=clock.now())
    assert (moved.state, moved.decide_by) == (State.CONFIRMED, None)
    assert_sound(uow.session)


def test_the_labs_reason_stands_against_what_it_may_set_aside(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"notice_minutes": 60 * 24 * 2})
    span = between("11-26 12:00", "14:00")
    number = make_reservation(uow, scene, span, now=clock.now()).number
    key = proposed(uow, scene, number, LATER, now=clock.now())
    moved = accept_proposal(uow, key, actor=scene.member, now=clock.now())
    assert (moved.starts_at, moved.override_reason) == (LATER.start, "设备保养")


def test_what_the_lab_cannot_set_aside_is_judged_again(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    key = proposed(uow, scene, number, now=clock.now())
    scene.company.state = type(scene.company.state).SUSPENDED
    uow.session.add(scene.company)
    uow.session.flush()
    with pytest.raises(ReservationRefused):
        accept_proposal(uow, key, actor=scene.member, now=clock.now())


def test_a_proposal_cannot_take_what_others_hold(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    make_neighbour(uow, scene, between("11-24 16:00", "18:00"), now=clock.now())
    with pytest.raises(SlotTaken):
        proposed(uow, scene, number, now=clock.now())
    closing = Closing(between("11-24 18:00", "20:00"), ClosureKind.MAINTENANCE, "保养")
    close(uow, scene.instrument.key, closing, actor=scene.manager, now=clock.now())
    with pytest.raises(BookingError):
        proposed(uow, scene, number, between("11-24 18:00", "19:00"), now=clock.now())


@pytest.mark.parametrize("how", ["declined", "withdrawn", "lapsed"])
def test_what_is_not_accepted_is_free_again_and_goes_to_the_next(
    uow: UnitOfWork, clock: FrozenClock, how: str
) -> None:
    scene = make_scene(uow)
    span = between("11-27 12:00", "14:00")
    number = make_reservation(uow, scene, span, now=clock.now()).number
    wanted = between("11-27 15:00", "17:00")
    key = proposed(uow, scene, number, wanted, now=clock.now())
    waiter = make_waiter(uow, scene, wanted, now=clock.now())
    if how == "declined":
        decline_proposal(uow, key, actor=scene.member, now=clock.now())
    elif how == "withdrawn":
        withdraw_proposal(uow, key, actor=scene.manager, now=clock.now())
    else:
        assert lapse_asks(uow, at("11-25 08:59")) == 0
        assert lapse_asks(uow, at("11-25 09:00")) == 1
    assert proposal_state(uow.session, key).value == how
    assert held_for_offer(uow.session, offer_to(uow.session, waiter)) == [wanted]
    assert held_for(uow.session, number) == [span]
    with pytest.raises(AskOver):
        accept_proposal(uow, key, actor=scene.member, now=clock.now())
    assert_sound(uow.session)


def test_a_late_answer_is_refused_before_the_clock_has_come(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    key = proposed(uow, scene, number, now=clock.now())
    with pytest.raises(AskOver):
        accept_proposal(uow, key, actor=scene.member, now=NOON.start)


@pytest.mark.parametrize("how", ["cancelled", "moved", "shortened", "used"])
def test_a_booking_that_changed_is_not_asked_about_any_more(
    uow: UnitOfWork, clock: FrozenClock, how: str
) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    key = proposed(uow, scene, number, SHIFTED, now=clock.now())
    if how == "cancelled":
        cancel(uow, number, actor=scene.member, now=clock.now())
    elif how == "moved":
        elsewhere = between("11-25 12:00", "14:00")
        reschedule(uow, number, elsewhere, actor=scene.member, now=clock.now())
    elif how == "shortened":
        resize(uow, number, SHIFTED.start, actor=scene.member, now=clock.now())
    else:
        check_in(uow, number, actor=scene.member, now=NOON.start - timedelta(minutes=10))
    assert proposal_state(uow.session, key) is AskState.WITHDRAWN
    assert held_for_proposal(uow.session, key) == []
    assert_sound(uow.session)


def test_nothing_is_proposed_to_whoever_is_at_work(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    check_in(uow, number, actor=scene.member, now=NOON.start)
    with pytest.raises(IllegalTransition):
        proposed(uow, scene, number, now=NOON.start)


def test_the_check_finds_a_proposal_whose_time_is_not_held(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = make_reservation(uow, scene, now=clock.now()).number
    key = proposed(uow, scene, number, SHIFTED, now=clock.now())
    assert list(unheld_proposals(uow.session)) == []
    release_holds(uow, HoldReason.proposal(key))
    assert list(unheld_proposals(uow.session)) == [{"proposal_id": key}]
