"""Sessions: planned, filled, held, called off."""

from datetime import date, datetime

import pytest
from sqlmodel import select

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import lift
from booking.instruments.errors import ClosureInTheWay
from booking.instruments.models.calendar import Closure
from booking.kernel.errors import Forbidden, NotFound
from booking.reservations.actions.reserve import reserve
from booking.training.actions.grant import Terms, grant
from booking.training.actions.sessions import Plan, cancel, hold, plan, seat, unseat
from booking.training.errors import RequestDecided, SessionAhead, SessionFull, SessionOver
from booking.training.models import TrainingRequest
from booking.training.queries.desk import participants, session_row
from booking.training.queries.standing import permission_of
from booking.training.states import RequestState, SessionState
from tests.factories.accounts import make_lab_person, make_member
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene
from tests.factories.training import (
    TOMORROW,
    make_grant,
    make_request,
    make_session,
    training_scene,
)
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
DURING = moment("2026-11-24T10:00")
AFTERWARDS = moment("2026-11-24T12:00")


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    return training_scene(uow)


def people(uow: UnitOfWork, scene: Scene, count: int) -> list[Actor]:
    return [make_member(uow, scene.company.key) for _ in range(count)]


def asked(uow: UnitOfWork, scene: Scene, count: int) -> list[int]:
    return [make_request(uow, scene, who, now=NOW).key for who in people(uow, scene, count)]


def state(uow: UnitOfWork, request_id: int) -> RequestState:
    return uow.session.get_one(TrainingRequest, request_id).state


def test_whoever_is_put_on_a_session_takes_a_seat(uow: UnitOfWork, scene: Scene) -> None:
    made = make_session(uow, scene, now=NOW, seats=2)
    first, second = asked(uow, scene, 2)
    seat(uow, made.key, [first], actor=scene.manager, now=NOW)
    row = session_row(uow.session, made.key)
    assert row is not None
    assert (row.taken, row.free) == (1, 1)
    assert (state(uow, first), state(uow, second)) == (RequestState.SCHEDULED, RequestState.WAITING)


def test_more_people_than_seats_are_refused_all_together(uow: UnitOfWork, scene: Scene) -> None:
    made = make_session(uow, scene, now=NOW, seats=2)
    with pytest.raises(SessionFull) as refused:
        seat(uow, made.key, asked(uow, scene, 3), actor=scene.manager, now=NOW)
    assert refused.value.params == {"free": 2}
    assert participants(uow.session, made.key) == []


def test_who_is_on_one_session_is_not_put_on_another(uow: UnitOfWork, scene: Scene) -> None:
    (one,) = asked(uow, scene, 1)
    first, second = (make_session(uow, scene, now=NOW) for _ in range(2))
    seat(uow, first.key, [one], actor=scene.manager, now=NOW)
    with pytest.raises(RequestDecided):
        seat(uow, second.key, [one], actor=scene.manager, now=NOW)
    assert unseat(uow, one, actor=scene.manager, now=NOW) == first.key
    seat(uow, second.key, [one], actor=scene.manager, now=NOW)
    assert [row.key for row in participants(uow.session, second.key)] == [one]


def test_requests_for_another_instrument_are_not_there(uow: UnitOfWork, scene: Scene) -> None:
    elsewhere = training_scene(uow)
    made = make_session(uow, scene, now=NOW)
    with pytest.raises(NotFound):
        seat(uow, made.key, asked(uow, elsewhere, 1), actor=scene.manager, now=NOW)


def test_holding_it_grants_to_who_passed_and_lets_the_others_wait(
    uow: UnitOfWork, scene: Scene
) -> None:
    made = make_session(uow, scene, now=NOW)
    passed, absent = asked(uow, scene, 2)
    seat(uow, made.key, [passed, absent], actor=scene.manager, now=NOW)
    with pytest.raises(SessionAhead):
        hold(uow, made.key, [passed], actor=scene.manager, now=NOW)
    last = date(2027, 11, 30)
    hold(uow, made.key, [passed], valid_to=last, actor=scene.manager, now=AFTERWARDS)
    assert (state(uow, passed), state(uow, absent)) == (RequestState.GRANTED, RequestState.WAITING)
    person = uow.session.get_one(TrainingRequest, passed).person_id
    permission = permission_of(uow.session, scene.instrument.key, person)
    assert permission is not None
    assert permission.valid_to == last
    assert made.state is SessionState.HELD


def test_nobody_passes_who_was_not_on_it(uow: UnitOfWork, scene: Scene) -> None:
    made = make_session(uow, scene, now=NOW)
    with pytest.raises(NotFound):
        hold(uow, made.key, asked(uow, scene, 1), actor=scene.manager, now=AFTERWARDS)


def test_after_its_end_nobody_is_put_on_it_and_none_is_planned(
    uow: UnitOfWork, scene: Scene
) -> None:
    made = make_session(uow, scene, now=NOW)
    with pytest.raises(SessionOver):
        seat(uow, made.key, asked(uow, scene, 1), actor=scene.manager, now=TOMORROW.end)
    with pytest.raises(SessionOver):
        make_session(uow, scene, now=TOMORROW.end)


def test_what_was_held_or_called_off_stays_so(uow: UnitOfWork, scene: Scene) -> None:
    held, off = (make_session(uow, scene, now=NOW) for _ in range(2))
    hold(uow, held.key, [], actor=scene.manager, now=AFTERWARDS)
    cancel(uow, off.key, "设备检修", actor=scene.manager, now=NOW)
    for made in (held, off):
        with pytest.raises(SessionOver):
            cancel(uow, made.key, "再次", actor=scene.manager, now=AFTERWARDS)
        with pytest.raises(SessionOver):
            hold(uow, made.key, [], actor=scene.manager, now=AFTERWARDS)


def test_called_off_its_people_wait_again(uow: UnitOfWork, scene: Scene) -> None:
    made = make_session(uow, scene, now=NOW)
    ids = asked(uow, scene, 2)
    seat(uow, made.key, ids, actor=scene.manager, now=NOW)
    cancel(uow, made.key, "设备检修", actor=scene.manager, now=NOW)
    assert {state(uow, one) for one in ids} == {RequestState.WAITING}


def test_a_direct_grant_frees_the_seat(uow: UnitOfWork, scene: Scene) -> None:
    made = make_session(uow, scene, now=NOW, seats=1)
    first, second = asked(uow, scene, 2)
    seat(uow, made.key, [first], actor=scene.manager, now=NOW)
    grant(uow, first, Terms(), actor=scene.manager, now=NOW)
    seat(uow, made.key, [second], actor=scene.manager, now=NOW)
    assert state(uow, second) is RequestState.SCHEDULED


def closure(uow: UnitOfWork) -> Closure:
    return uow.session.exec(select(Closure)).one()


def test_a_session_that_closes_keeps_the_instrument_free(uow: UnitOfWork, scene: Scene) -> None:
    make_session(uow, scene, now=NOW, closes=True)
    assert (closure(uow).starts_at, closure(uow).ends_at) == (TOMORROW.start, TOMORROW.end)


def test_it_is_not_planned_where_bookings_lie(uow: UnitOfWork, scene: Scene) -> None:
    make_grant(uow, scene, now=NOW)
    reserve(uow, scene.wish(between("11-24 09:30", "10:30")), actor=scene.member, now=NOW)
    with pytest.raises(ClosureInTheWay):
        make_session(uow, scene, now=NOW, closes=True)


def test_called_off_its_time_is_free_again(uow: UnitOfWork, scene: Scene) -> None:
    made = make_session(uow, scene, now=NOW, closes=True)
    cancel(uow, made.key, "设备检修", actor=scene.manager, now=NOW)
    assert closure(uow).lifted_at == NOW


def test_who_may_not_close_calls_off_a_session_that_closes(uow: UnitOfWork, scene: Scene) -> None:
    operator = make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR)
    made = make_session(uow, scene, now=NOW, closes=True)
    cancel(uow, made.key, "培训人请假", actor=operator, now=NOW)
    assert closure(uow).lifted_at == NOW


@pytest.mark.parametrize(("lifted", "now"), [(True, DURING), (False, AFTERWARDS)])
def test_calling_off_minds_no_closure_that_is_lifted_or_over(
    uow: UnitOfWork, scene: Scene, lifted: bool, now: datetime
) -> None:
    made = make_session(uow, scene, now=NOW, closes=True)
    if lifted:
        lift(uow, closure(uow).key, actor=scene.manager, now=NOW)
    cancelled = cancel(uow, made.key, "设备检修", actor=scene.manager, now=now)
    assert cancelled.state is SessionState.CANCELLED


def test_who_may_not_close_plans_sessions_beside_the_bookings_only(
    uow: UnitOfWork, scene: Scene
) -> None:
    operator = make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR)
    wanted = Plan(span=TOMORROW, seats=2)
    assert plan(uow, scene.instrument.key, wanted, actor=operator, now=NOW).closure_id is None
    closing = Plan(span=TOMORROW, seats=2, closes=True)
    with pytest.raises(Forbidden):
        plan(uow, scene.instrument.key, closing, actor=operator, now=NOW)
