"""Asking to be trained, and taking it back."""

import pytest

from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.states import InstrumentState
from booking.kernel.errors import Forbidden, NotFound
from booking.training.actions.ask import ask, withdraw
from booking.training.actions.sessions import seat
from booking.training.errors import (
    AskedAlready,
    NoOrganisation,
    RequestDecided,
    TrainingNotOffered,
)
from booking.training.queries.desk import participants
from booking.training.states import RequestState
from tests.factories.accounts import make_lab_person, make_member, make_staff
from tests.factories.instruments import add_policy
from tests.factories.organisations import make_organisation
from tests.factories.reservations import make_scene
from tests.factories.training import make_request, make_session, training_scene
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")


def test_a_request_waits_for_ones_own_organisation(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    made = ask(uow, scene.instrument.key, "做过断口", actor=scene.member, now=NOW)
    assert made.state is RequestState.WAITING
    assert (made.person_id, made.organisation_id) == (scene.member.id, scene.company.key)


def test_nobody_asks_twice_while_one_is_open(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    first = make_request(uow, scene, now=NOW)
    with pytest.raises(AskedAlready):
        make_request(uow, scene, now=NOW)
    withdraw(uow, first.key, actor=scene.member, now=NOW)
    assert make_request(uow, scene, now=NOW).state is RequestState.WAITING


def test_nobody_asks_for_somebody_elses_organisation(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    other = make_organisation(uow).key
    with pytest.raises(Forbidden):
        ask(uow, scene.instrument.key, actor=scene.member, now=NOW, organisation_id=other)


def test_whoever_books_for_no_organisation_cannot_ask(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    with pytest.raises(NoOrganisation):
        make_request(uow, scene, make_staff(uow), now=NOW)


def test_where_no_training_is_needed_none_is_asked_for(uow: UnitOfWork) -> None:
    scene = make_scene(uow)
    with pytest.raises(TrainingNotOffered):
        make_request(uow, scene, now=NOW)


def test_what_a_later_policy_will_need_can_be_asked_for_today(uow: UnitOfWork) -> None:
    scene = make_scene(uow)
    later = moment("2026-12-01T00:00")
    add_policy(uow, scene.instrument.key, valid_from=later, training_required=True)
    assert make_request(uow, scene, now=NOW).state is RequestState.WAITING


def test_what_takes_no_bookings_takes_no_requests(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    scene.instrument.state = InstrumentState.SUSPENDED
    uow.session.flush()
    with pytest.raises(TrainingNotOffered):
        make_request(uow, scene, now=NOW)


def test_a_draft_is_not_to_be_known(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    scene.instrument.state = InstrumentState.DRAFT
    uow.session.flush()
    with pytest.raises(NotFound):
        make_request(uow, scene, now=NOW)


def test_only_its_person_takes_a_request_back_and_only_once(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    made = make_request(uow, scene, now=NOW)
    for other in (scene.admin, scene.manager, make_member(uow, scene.company.key)):
        with pytest.raises(NotFound):
            withdraw(uow, made.key, actor=other, now=NOW)
    assert withdraw(uow, made.key, actor=scene.member, now=NOW).state is RequestState.WITHDRAWN
    with pytest.raises(RequestDecided):
        withdraw(uow, made.key, actor=scene.member, now=NOW)


def test_who_withdraws_leaves_a_seat_for_another(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    held = make_session(uow, scene, seats=1, now=NOW)
    first, second = (make_request(uow, scene, who, now=NOW) for who in (scene.member, scene.admin))
    seat(uow, held.key, [first.key], actor=scene.manager, now=NOW)
    withdraw(uow, first.key, actor=scene.member, now=NOW)
    seat(uow, held.key, [second.key], actor=scene.manager, now=NOW)
    assert [one.person_id for one in participants(uow.session, held.key)] == [scene.admin.id]


def test_a_lab_manager_may_ask_as_a_member_of_the_provider(uow: UnitOfWork) -> None:
    scene = training_scene(uow)
    keeper = make_lab_person(uow, scene.instrument.lab_id)
    if not keeper.organisations_giving(Permission.RESERVATION_CREATE):
        with pytest.raises(NoOrganisation):
            make_request(uow, scene, keeper, now=NOW)
    else:
        assert make_request(uow, scene, keeper, now=NOW).person_id == keeper.id
