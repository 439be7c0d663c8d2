"""Somebody books in the moment in which they are let go: the clock hands it on, or ends it."""

from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import select

from booking.accounts.actions.leave import Departure, leave
from booking.reservations.actions.reserve import reserve
from booking.reservations.jobs import expire_requests
from booking.reservations.models.departed import Departed
from booking.reservations.models.reservation import Reservation
from booking.reservations.states import State
from tests.conftest import Write
from tests.factories.accounts import make_member
from tests.factories.reservations import held_for, make_reservation, make_scene, told_of
from tests.support.clock import FrozenClock
from tests.support.overtaking import overtaken


@pytest.mark.parametrize("follows", [True, False])
def test_what_somebody_booked_while_leaving_is_handed_on_or_ended_with_the_next_sweep(
    engine: Engine, write: Write, clock: FrozenClock, *, follows: bool
) -> None:
    now = clock.now()
    with write() as uow:
        scene = make_scene(uow, units=2)
        heir = make_member(uow, scene.company.key)
        stays = make_reservation(uow, make_scene(uow), now=now).number
    departure = Departure(scene.member.id, scene.company.key, heir.id if follows else None)
    number = overtaken(
        engine,
        lambda uow: leave(uow, departure, actor=scene.admin, now=now),
        lambda uow: reserve(uow, scene.wish(), actor=scene.member, now=now).number,
    )
    with write() as uow:
        assert expire_requests(uow, now) == 1
        assert expire_requests(uow, now) == 0
    with write() as uow:
        asked = select(Reservation.holder_id, Reservation.state, Reservation.fee_fen)
        found = uow.session.exec(asked.where(Reservation.number == number)).one()
        if follows:
            assert found == (heir.id, State.CONFIRMED, 0)
            assert told_of(uow.session, number)[-1] == "reservation.handed_over"
        else:
            assert found == (scene.member.id, State.CANCELLED, 0)
            assert held_for(uow.session, number) == []
        other = select(Reservation.state).where(Reservation.number == stays)
        assert uow.session.exec(other).one() is State.CONFIRMED


def test_who_books_before_is_seen_by_who_lets_them_go(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    now = clock.now()
    with write() as uow:
        scene = make_scene(uow)
        heir = make_member(uow, scene.company.key)
    departure = Departure(scene.member.id, scene.company.key, heir.id)
    overtaken(
        engine,
        lambda uow: reserve(uow, scene.wish(), actor=scene.member, now=now).number,
        lambda uow: leave(uow, departure, actor=scene.admin, now=now),
    )
    with write() as uow:
        assert uow.session.exec(select(Reservation.holder_id)).all() == [heir.id]
        assert expire_requests(uow, now) == 0


def test_whoever_came_back_keeps_what_they_book(write: Write, clock: FrozenClock) -> None:
    now = clock.now()
    with write() as uow:
        scene = make_scene(uow)
        gone = {"person_id": scene.member.id, "organisation_id": scene.company.key}
        uow.session.add(Departed(**gone, left_at=now))
        number = make_reservation(uow, scene, now=now).number
    with write() as uow:
        assert expire_requests(uow, now) == 0
        assert held_for(uow.session, number)


def test_who_left_is_forgotten_after_a_day(write: Write, clock: FrozenClock) -> None:
    now = clock.now()
    with write() as uow:
        scene = make_scene(uow)
        departure = Departure(scene.member.id, scene.company.key)
        leave(uow, departure, actor=scene.admin, now=now)
    for later, many in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        with write() as uow:
            expire_requests(uow, now + later)
            assert len(uow.session.exec(select(Departed.id)).all()) == many
