"""Bookings ask who will operate: whether they may, until when, and whether they are in practice."""

from datetime import date, timedelta

import pytest

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.decide import approve
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from booking.reservations.jobs import close_forgotten
from booking.reservations.queries.lists import ahead_of_person
from booking.reservations.states import State
from booking.training.actions.grant import revoke
from booking.training.queries.standing import permission_of
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_entrusted, make_scene
from tests.factories.training import REQUIRED, make_grant, training_scene
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
THIRTY = timedelta(days=30)


def refused(uow: UnitOfWork, scene: Scene, **changes: object) -> list[str]:
    with pytest.raises(ReservationRefused) as caught:
        reserve(uow, scene.wish(**changes), actor=scene.member, now=NOW)  # type: ignore[arg-type]
    return [violation.code for violation in caught.value.violations]


def practised(uow: UnitOfWork, scene: Scene, who: Actor) -> object:
    permission = permission_of(uow.session, scene.instrument.key, who.id)
    assert permission is not None
    return permission.practised_at


def test_the_untrained_are_refused_and_offered_no_other_time(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    with pytest.raises(ReservationRefused) as caught:
        reserve(uow, scene.wish(), actor=scene.member, now=NOW)
    assert [violation.code for violation in caught.value.violations] == ["training.missing"]
    assert caught.value.alternatives == ()


def test_the_trained_book_and_their_colleagues_do_not(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    make_grant(uow, scene, scene.admin, now=NOW)
    assert refused(uow, scene) == ["training.missing"]
    made = reserve(uow, scene.wish(), actor=scene.admin, now=NOW)
    assert made.state is State.CONFIRMED


def test_the_lab_is_asked_for_no_training_of_its_own_staff(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    assert make_entrusted(uow, scene, now=NOW).state is State.CONFIRMED


def test_it_is_the_holder_who_must_be_trained_not_who_books(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    make_grant(uow, scene, scene.admin, now=NOW)
    with pytest.raises(ReservationRefused):
        reserve(uow, scene.wish(on_behalf_of=scene.member.id), actor=scene.admin, now=NOW)
    make_grant(uow, scene, scene.member, now=NOW)
    made = reserve(uow, scene.wish(on_behalf_of=scene.member.id), actor=scene.admin, now=NOW)
    assert made.holder_id == scene.member.id


def test_the_lab_sets_it_aside_with_a_reason(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    wish = scene.wish(on_behalf_of=scene.member.id, override_reason="由培训员陪同")
    assert reserve(uow, wish, actor=scene.manager, now=NOW).state is State.CONFIRMED


def test_a_permission_must_last_to_the_bookings_end(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    make_grant(uow, scene, now=NOW, valid_to=date(2026, 11, 24))
    over_midnight = between("11-24 23:00", "11-25 00:30")
    assert refused(uow, scene, span=over_midnight) == ["training.expires"]
    until_midnight = between("11-24 22:00", "11-25 00:00")
    made = reserve(uow, scene.wish(until_midnight), actor=scene.member, now=NOW)
    assert made.state is State.CONFIRMED


def test_days_without_use_count_from_the_day_of_the_permission(uow: UnitOfWork) -> None:
    scene = training_scene(uow, unused_days=30)
    make_grant(uow, scene, now=NOW)
    last = between("12-23 09:00", "10:00")
    assert reserve(uow, scene.wish(last), actor=scene.member, now=NOW).starts_at == NOW + THIRTY
    too_late = between("12-23 10:00", "11:00")
    assert refused(uow, scene, span=too_late) == ["training.unused"]


def test_a_use_of_ones_own_puts_the_end_off(uow: UnitOfWork) -> None:
    scene = training_scene(uow, unused_days=30)
    make_grant(uow, scene, now=NOW)
    booked = reserve(uow, scene.wish(), actor=scene.member, now=NOW)
    check_in(uow, booked.number, actor=scene.member, now=NOON.start)
    check_out(uow, booked.number, None, actor=scene.member, now=NOON.end)
    assert practised(uow, scene, scene.member) == NOON.end
    later = between("12-24 14:00", "15:00")
    assert reserve(uow, scene.wish(later), actor=scene.member, now=NOON.end).starts_at > NOW


def test_a_use_that_nobody_checked_out_of_counts_to_its_booked_end(uow: UnitOfWork) -> None:
    scene = training_scene(uow, unused_days=30)
    make_grant(uow, scene, now=NOW)
    booked = reserve(uow, scene.wish(), actor=scene.member, now=NOW)
    check_in(uow, booked.number, actor=scene.member, now=NOON.start)
    close_forgotten(uow, NOON.end + timedelta(hours=5))
    assert practised(uow, scene, scene.member) == NOON.end


def test_what_the_lab_did_for_somebody_is_no_practice(uow: UnitOfWork) -> None:
    scene = training_scene(uow, unused_days=30)
    make_grant(uow, scene, now=NOW)
    booked = make_entrusted(uow, scene, now=NOW)
    check_in(uow, booked.number, actor=scene.manager, now=NOON.start)
    check_out(uow, booked.number, None, actor=scene.manager, now=NOON.end)
    assert practised(uow, scene, scene.member) == NOW


def asked_then_revoked(uow: UnitOfWork) -> tuple[Scene, str]:
    """A request of somebody who was trained when asking."""
    scene = make_scene(uow, policy={**REQUIRED, "approval": "always"})
    grant = make_grant(uow, scene, now=NOW)
    asked = reserve(uow, scene.wish(), actor=scene.member, now=NOW)
    assert asked.state is State.REQUESTED
    revoke(uow, grant.key, "违规操作", actor=scene.manager, now=NOW)
    return scene, asked.number


def test_approving_asks_again(uow: UnitOfWork) -> None:
    scene, number = asked_then_revoked(uow)
    with pytest.raises(ReservationRefused):
        approve(uow, number, actor=scene.manager, now=NOW)


def test_moving_asks_again(uow: UnitOfWork) -> None:
    scene, number = asked_then_revoked(uow)
    later = between("11-25 12:00", "14:00")
    with pytest.raises(ReservationRefused):
        reschedule(uow, number, later, actor=scene.member, now=NOW)


def test_approving_sets_it_aside_with_a_reason(uow: UnitOfWork) -> None:
    scene, number = asked_then_revoked(uow)
    made = approve(uow, number, actor=scene.manager, now=NOW, reason="由培训员陪同")
    assert made.state is State.CONFIRMED


def test_what_is_booked_stays_when_a_permission_is_revoked_and_the_lab_sees_it(
    uow: UnitOfWork,
) -> None:
    scene = training_scene(uow)
    grant = make_grant(uow, scene, now=NOW)
    booked = reserve(uow, scene.wish(), actor=scene.member, now=NOW)
    make_entrusted(uow, scene, between("11-25 12:00", "14:00"), now=NOW)
    revoke(uow, grant.key, "违规操作", actor=scene.manager, now=NOW)
    ahead = ahead_of_person(uow.session, scene.instrument.key, scene.member.id, now=NOW)
    assert ahead == [(booked.number, NOON)]
    assert booked.state is State.CONFIRMED
