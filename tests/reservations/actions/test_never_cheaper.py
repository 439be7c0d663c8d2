"""However a booking is changed, giving it up costs no less than it did when the change began."""

from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from booking.billing.models import Charge
from booking.db.transactions import UnitOfWork
from booking.instruments.rules.tariff import Basis
from booking.reservations.actions.answer_swap import accept_swap
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.decide import approve
from booking.reservations.actions.hand_to_colleague import hand_to_colleague
from booking.reservations.actions.reschedule import reschedule, resize
from booking.reservations.errors import IllegalTransition
from booking.reservations.jobs import mark_no_shows
from booking.reservations.queries.lists import reservation_seen_by
from booking.reservations.queries.loading import reservation_by_number
from booking.reservations.states import State
from tests.factories.asks import make_neighbour
from tests.factories.instruments import add_tariff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import Scene, make_reservation, make_scene, state_of
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound

LONG = between("11-24 12:00", "20:00")
LATE = at("11-24 11:00")
TERMS: dict[str, object] = {
    "free_cancel_minutes": 120,
    "late_cancel_percent": 50,
    "no_show_percent": 100,
    "longest_minutes": 720,
}
ASKED = TERMS | {"approval": "always"}
Step = Callable[[UnitOfWork, str, Scene], object]


def moved(day: str, start: str, end: str) -> Step:
    to = between(f"{day} {start}", end)
    return lambda uow, number, scene: reschedule(uow, number, to, actor=scene.admin, now=LATE)


def ends(moment: str) -> Step:
    end = at(f"11-24 {moment}")
    return lambda uow, number, scene: resize(uow, number, end, actor=scene.admin, now=LATE)


def to_colleague(uow: UnitOfWork, number: str, scene: Scene) -> object:
    return hand_to_colleague(uow, number, scene.admin.id, actor=scene.admin, now=LATE)


def back(uow: UnitOfWork, number: str, scene: Scene) -> object:
    return hand_to_colleague(uow, number, scene.member.id, actor=scene.admin, now=LATE)


def promised(uow: UnitOfWork, number: str, scene: Scene) -> object:
    if state_of(uow.session, number) is State.REQUESTED:
        return approve(uow, number, actor=scene.manager, now=LATE)
    return None


SEQUENCES: dict[str, Sequence[Step]] = {
    "nothing": (),
    "a shorter time elsewhere": (moved("11-24", "13:00", "14:00"),),
    "a shorter time in a week": (moved("12-01", "12:00", "12:30"),),
    "shorter, then a step longer": (ends("12:30"), ends("13:00")),
    "shorter, then elsewhere": (ends("13:00"), moved("11-25", "12:00", "12:30")),
    "shorter again and again": (ends("19:00"), ends("17:00"), ends("12:30")),
    "longer, then shorter": (ends("21:00"), ends("12:30")),
    "a colleague's": (to_colleague,),
    "a colleague's, then elsewhere": (to_colleague, moved("11-25", "12:00", "12:30")),
    "elsewhere, a colleague's, and back": (moved("11-25", "12:00", "12:30"), to_colleague, back),
    "elsewhere twice": (moved("11-25", "12:00", "13:00"), moved("11-26", "12:00", "12:30")),
    "promised again, then elsewhere": (
        moved("11-25", "12:00", "13:00"),
        promised,
        moved("11-26", "12:00", "12:30"),
    ),
}


@pytest.mark.parametrize("policy", [TERMS, ASKED], ids=["at once", "asked"])
@pytest.mark.parametrize("steps", SEQUENCES.values(), ids=SEQUENCES)
def test_no_way_of_changing_a_booking_makes_giving_it_up_cheaper(
    uow: UnitOfWork, clock: FrozenClock, policy: dict[str, object], steps: Sequence[Step]
) -> None:
    scene = make_scene(uow, policy=policy)
    made = make_reservation(uow, scene, LONG, now=clock.now())
    promised(uow, made.number, scene)
    at_once = made.quoted_fen // 2
    for step in steps:
        step(uow, made.number, scene)
    seen = reservation_seen_by(uow.session, made.number, scene.admin)
    given = cancel(uow, made.number, actor=scene.admin, now=LATE)
    assert given.late
    assert given.fee_fen >= at_once
    assert seen.cancelled_at(LATE).fee_fen == given.fee_fen
    assert_sound(uow.session)


def test_nor_staying_away(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=TERMS)
    made = make_reservation(uow, scene, LONG, now=clock.now())
    price = made.quoted_fen
    for step in SEQUENCES["shorter, then elsewhere"]:
        step(uow, made.number, scene)
    assert mark_no_shows(uow, at("11-25 20:00")) == 1
    assert reservation_by_number(uow.session, made.number).reservation.fee_fen == price


def test_back_at_its_old_length_it_costs_what_it_did(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=TERMS)
    made = make_reservation(uow, scene, LONG, now=clock.now())
    at_once = made.quoted_fen // 2
    for step in (ends("12:30"), ends("20:00")):
        step(uow, made.number, scene)
    assert cancel(uow, made.number, actor=scene.member, now=LATE).fee_fen == at_once


def test_in_good_time_everything_is_free_as_before(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=ASKED)
    made = make_reservation(uow, scene, LONG, now=clock.now())
    promised(uow, made.number, scene)
    early, later = clock.now(), between("11-25 12:00", "13:00")
    reschedule(uow, made.number, later, actor=scene.member, now=early)
    given = cancel(uow, made.number, actor=scene.member, now=early)
    assert (given.late, given.fee_fen) == (False, 0)


def test_a_first_request_is_given_back_for_nothing(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=ASKED | {"free_cancel_minutes": 9999})
    made = make_reservation(uow, scene, LONG, now=clock.now())
    reschedule(uow, made.number, between("11-25 12:00", "13:00"), actor=scene.member, now=LATE)
    assert cancel(uow, made.number, actor=scene.member, now=LATE).fee_fen == 0


def test_nor_an_exchange(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=TERMS | {"free_cancel_minutes": 9999})
    short = between("11-25 09:00", "10:00")
    number = make_reservation(uow, scene, short, now=clock.now()).number
    neighbour = make_neighbour(uow, scene, LONG, now=clock.now())
    theirs = reservation_by_number(uow.session, neighbour.number).reservation
    at_once, then = theirs.quoted_fen // 2, clock.now()
    swap = ask_swap(uow, number, LONG, actor=scene.member, now=then)
    accept_swap(uow, swap.key, actor=neighbour.actor, now=then)
    assert cancel(uow, neighbour.number, actor=neighbour.actor, now=then).fee_fen == at_once


def charges_of(uow: UnitOfWork, scene: Scene, number: str) -> dict[str, int]:
    """What a settled booking costs, by kind in fen."""
    for side in (scene.manager, scene.member):
        confirm(uow, number, actor=side, now=at("11-25 09:00"))
    rows = uow.session.exec(select(Charge)).all()
    return {row.kind.value: row.amount_fen for row in rows}


@pytest.mark.parametrize(
    ("basis", "shortened_at", "charged"),
    [
        # 8 h at 800 yuan, of which one is left: all of it once the use has begun, half of what is
        # given back late before, as for cancelling.
        (Basis.RESERVED, "11-24 12:01", {"use": 80000, "late_cancellation": 560000}),
        (Basis.LARGER, "11-24 12:01", {"use": 80000, "late_cancellation": 560000}),
        (Basis.RESERVED, "11-24 11:00", {"use": 80000, "late_cancellation": 280000}),
        (Basis.RESERVED, "11-24 09:00", {"use": 80000}),
        # Leaving early is free there, so it is free to say so before.
        (Basis.ACTUAL, "11-24 12:01", {"use": 80000}),
        (Basis.ACTUAL, "11-24 11:00", {"use": 80000}),
    ],
)
def test_time_given_back_late_is_owed_where_reserved_time_is(
    uow: UnitOfWork,
    clock: FrozenClock,
    basis: Basis,
    shortened_at: str,
    charged: dict[str, int],
) -> None:
    scene = make_scene(uow, policy=TERMS)
    add_tariff(uow, scene.instrument.key, basis=basis, valid_from=at("11-01 00:00"))
    number = make_reservation(uow, scene, LONG, now=clock.now()).number
    begun = at(shortened_at) > LONG.start
    if begun:
        check_in(uow, number, actor=scene.member, now=LONG.start)
    resize(uow, number, at("11-24 13:00"), actor=scene.member, now=at(shortened_at))
    if not begun:
        check_in(uow, number, actor=scene.member, now=LONG.start)
    check_out(uow, number, None, actor=scene.member, now=at("11-24 13:00"))
    assert charges_of(uow, scene, number) == charged
    assert_sound(uow.session)


def test_what_the_lab_takes_back_costs_nothing(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy=TERMS)
    made = make_reservation(uow, scene, LONG, now=clock.now())
    resize(uow, made.number, at("11-24 13:00"), actor=scene.manager, now=LATE)
    assert reservation_by_number(uow.session, made.number).reservation.given_back_fen == 0


MISSED = at("11-24 13:00")
DEEDS: dict[str, Step] = {
    "moved": lambda uow, number, scene: reschedule(
        uow, number, between("11-27 12:00", "13:00"), actor=scene.admin, now=MISSED
    ),
    "shortened": lambda uow, number, scene: resize(
        uow, number, at("11-24 14:00"), actor=scene.admin, now=MISSED
    ),
    "handed over": lambda uow, number, scene: hand_to_colleague(
        uow, number, scene.admin.id, actor=scene.admin, now=MISSED
    ),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_who_did_not_come_changes_nothing_any_more(
    uow: UnitOfWork, clock: FrozenClock, deed: Step
) -> None:
    scene = make_scene(uow, policy=TERMS | {"no_show_grace_minutes": 30})
    number = make_reservation(uow, scene, LONG, now=clock.now()).number
    with pytest.raises(IllegalTransition):
        deed(uow, number, scene)
    assert mark_no_shows(uow, MISSED) == 1


def test_the_database_keeps_no_debt_the_other_way_round(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    make_reservation(uow, make_scene(uow), LONG, now=clock.now())
    with pytest.raises(IntegrityError, match="given_back"):
        uow.session.execute(sa.text("UPDATE reservation SET given_back_fen = -1"))
