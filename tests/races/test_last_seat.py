"""Many put people on the same session at the same moment: no seat is given away twice."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy.exc import DBAPIError

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.transactions import unit_of_work
from booking.kernel.errors import BookingError
from booking.training.actions.ask import withdraw
from booking.training.actions.sessions import seat
from booking.training.errors import SessionFull
from booking.training.queries.desk import participants
from booking.web.retrying import is_passing
from booking.wiring import REACTIONS
from tests.conftest import Write
from tests.factories.accounts import make_lab_person, make_member
from tests.factories.training import make_request, make_session, training_scene
from tests.support.clock import moment
from tests.support.crowd import all_at_once

pytestmark = [pytest.mark.race]

NOW = moment("2026-11-23T09:00")
CROWD, SEATS = 16, 3


def put_on(engine, session_id: int, request_id: int, trainer: Actor) -> str:
    """What became of it; asked again, as pages do, when others had the row for too long."""
    while True:
        try:
            with unit_of_work(engine, REACTIONS) as uow:
                seat(uow, session_id, [request_id], actor=trainer, now=NOW)
        except BookingError as refused:
            return refused.code
        except DBAPIError as error:
            if not is_passing(error):
                raise
        else:
            return "seated"


def test_of_many_as_many_get_a_seat_as_there_are(engine, write: Write) -> None:
    with write() as uow:
        scene = training_scene(uow)
        trainers = [make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR) for _ in range(4)]
        people = [make_member(uow, scene.company.key) for _ in range(CROWD)]
        asked = [make_request(uow, scene, who, now=NOW).key for who in people]
        made = make_session(uow, scene, seats=SEATS, now=NOW).key
    outcomes = all_at_once(
        [
            partial(put_on, engine, made, request, trainers[nth % len(trainers)])
            for nth, request in enumerate(asked)
        ]
    )
    assert outcomes.count("seated") == SEATS
    assert outcomes.count(SessionFull.code) == CROWD - SEATS
    with write() as uow:
        assert len(participants(uow.session, made)) == SEATS


def test_one_person_gets_one_seat_however_often_it_is_pressed(engine, write: Write) -> None:
    with write() as uow:
        scene = training_scene(uow)
        asked = make_request(uow, scene, now=NOW).key
        made = [make_session(uow, scene, now=NOW).key for _ in range(2)]
    deeds = [partial(put_on, engine, key, asked, scene.manager) for key in made * 4]
    assert all_at_once(deeds).count("seated") == 1


def test_withdrawing_and_being_seated_at_once_ends_in_one_of_both(engine, write: Write) -> None:
    with write() as uow:
        scene = training_scene(uow)
        asked = make_request(uow, scene, now=NOW).key
        made = make_session(uow, scene, now=NOW).key

    def take_back() -> str:
        with unit_of_work(engine, REACTIONS) as uow:
            return withdraw(uow, asked, actor=scene.member, now=NOW).state.value

    deeds: list[Callable[[], str]] = [
        take_back,
        partial(put_on, engine, made, asked, scene.manager),
    ]
    outcomes = all_at_once(deeds)
    assert outcomes[0] == "withdrawn"
    with write() as uow:
        assert participants(uow.session, made) == []
