"""A low score limits booking at once: with approval only, or not at all; the lab may decide so."""

from dataclasses import replace

import pytest

from booking.access.permissions import Permission
from booking.credit.actions.enter import Occasion, enter
from booking.credit.rules import Cause
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from booking.reservations.states import State
from tests.factories.credit import make_no_shows, make_rules
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.reservations.actions.test_cost import counted
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
NOW = moment("2026-11-25T09:00")
LATER = moment("2026-11-26T18:00")
FRIDAY = between("11-27 12:00", "14:00")


def scene_with(uow: UnitOfWork, no_shows: int, *, loss_days: int = 180) -> Scene:
    """Each no-show takes fifteen points from a hundred."""
    make_rules(uow, loss_days=loss_days)
    scene = make_scene(uow)
    make_no_shows(uow, scene, no_shows, now=MONDAY)
    return scene


@pytest.mark.parametrize(
    ("no_shows", "state"),
    [(0, State.CONFIRMED), (1, State.CONFIRMED), (2, State.REQUESTED)],
)
def test_below_the_first_threshold_somebody_has_to_agree(uow, no_shows, state) -> None:
    scene = scene_with(uow, no_shows)
    assert make_reservation(uow, scene, FRIDAY, now=NOW).state is state


def test_below_the_second_nothing_is_booked_and_the_refusal_says_why(uow) -> None:
    scene = scene_with(uow, 3)
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, FRIDAY, now=NOW)
    (broken,) = refused.value.violations
    assert (broken.code, broken.params) == ("credit.too_low", {"score": 55, "needed": 60})
    assert broken.overridable


def test_the_lab_sets_it_aside_with_a_reason(uow) -> None:
    scene = scene_with(uow, 3)
    wish = scene.wish(FRIDAY, on_behalf_of=scene.member.id, override_reason="急件")
    assert reserve(uow, wish, actor=scene.manager, now=NOW).state is State.CONFIRMED


def test_a_move_is_judged_like_a_booking(uow) -> None:
    make_rules(uow)
    scene = make_scene(uow)
    ahead = make_reservation(uow, scene, FRIDAY, now=MONDAY)
    make_no_shows(uow, scene, 3, now=MONDAY)
    with pytest.raises(ReservationRefused):
        reschedule(uow, ahead.number, between("11-27 15:00", "17:00"), actor=scene.member, now=NOW)


def test_it_limits_nothing_any_more_when_the_entries_have_lapsed(uow) -> None:
    scene = scene_with(uow, 3, loss_days=2)
    assert make_reservation(uow, scene, FRIDAY, now=LATER).state is State.CONFIRMED


def test_own_instruments_ask_for_no_score(uow) -> None:
    scene = scene_with(uow, 0)
    (provider,) = scene.manager.organisations_giving(Permission.RESERVATION_CREATE)
    for number in ("R-1", "R-2", "R-3"):
        elsewhere = Occasion(
            number=number,
            organisation_id=provider,
            lab_id=scene.instrument.lab_id,
            person_id=scene.manager.id,
        )
        enter(uow, Cause.NO_SHOW, elsewhere, now=MONDAY)
    inside = replace(scene, member=scene.manager)
    assert make_reservation(uow, inside, FRIDAY, now=NOW).state is State.CONFIRMED


def test_another_company_is_not_concerned(uow) -> None:
    scene_with(uow, 3)
    assert make_reservation(uow, make_scene(uow), FRIDAY, now=NOW).state is State.CONFIRMED


def test_the_score_costs_booking_no_question_more(uow) -> None:
    scene = scene_with(uow, 1)
    with counted(uow) as seen:
        make_reservation(uow, scene, FRIDAY, now=NOW)
    assert len(seen) <= 7
