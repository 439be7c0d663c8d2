"""Users say how a use was: once, until it was reported; the lab reads it, others the average."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, NotFound
from booking.reservations.actions.give_feedback import give_feedback, keep_as_reported
from booking.reservations.errors import FeedbackReported, FeedbackTermOver, UseNotFinished
from booking.reservations.queries.feedback import average_grade, feedback_of, to_grade
from booking.reservations.rules.feedback import TERM, Grade, Word
from tests.factories.feedback import make_feedback
from tests.factories.reservations import (
    NOON,
    Scene,
    make_reservation,
    make_scene,
    make_use,
    told_of,
)
from tests.factories.utilisation import Booked, Writer
from tests.reservations.visiting import HTMX, Visit, soup
from tests.support.clock import FrozenClock


def waiting(uow: UnitOfWork, actor: Actor, *, whole_company: bool = False) -> list[str]:
    found = to_grade(uow.session, actor, whole_company=whole_company, now=NOON.end)
    return [one.number for one in found]


def test_who_used_it_and_who_manages_the_company_grade_a_use(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    used = make_use(uow, scene, now=clock.now())
    give_feedback(uow, used.number, Word(Grade.GOOD), actor=scene.member, now=NOON.end)
    give_feedback(uow, used.number, Word(Grade.POOR, "真空不稳"), actor=scene.admin, now=NOON.end)
    said = feedback_of(uow.session, used.key)
    assert said is not None
    assert (said.grade, said.comment) == (Grade.POOR, "真空不稳")
    assert told_of(uow.session, used.number).count("use.graded") == 2


def test_neither_the_lab_nor_another_company_grades_it(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene, other = make_scene(uow), make_scene(uow)
    used = make_use(uow, scene, now=clock.now())
    with pytest.raises(Forbidden):
        give_feedback(uow, used.number, Word(Grade.GOOD), actor=scene.manager, now=NOON.end)
    with pytest.raises(NotFound):
        give_feedback(uow, used.number, Word(Grade.GOOD), actor=other.admin, now=NOON.end)


def test_only_a_finished_use_is_graded_and_only_within_the_term(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    ahead = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(UseNotFinished):
        give_feedback(uow, ahead.number, Word(Grade.GOOD), actor=scene.member, now=NOON.end)
    elsewhere = make_scene(uow)
    used = make_use(uow, elsewhere, now=clock.now())
    late = NOON.end + TERM
    with pytest.raises(FeedbackTermOver):
        give_feedback(uow, used.number, Word(Grade.GOOD), actor=elsewhere.member, now=late)
    before = late - timedelta(seconds=1)
    give_feedback(uow, used.number, Word(Grade.GOOD), actor=elsewhere.member, now=before)


@pytest.mark.parametrize(
    "statement", ["UPDATE use_feedback SET grade = 'good'", "DELETE FROM use_feedback"]
)
def test_what_was_reported_stays_in_the_database_too(
    uow: UnitOfWork, clock: FrozenClock, statement: str
) -> None:
    scene = make_scene(uow)
    used = make_use(uow, scene, now=clock.now())
    give_feedback(uow, used.number, Word(Grade.FAIR), actor=scene.member, now=NOON.end)
    keep_as_reported(uow, [used.key], now=NOON.end)
    with pytest.raises(FeedbackReported):
        give_feedback(uow, used.number, Word(Grade.GOOD), actor=scene.member, now=NOON.end)
    with pytest.raises(DBAPIError, match="append_only"):
        uow.session.execute(sa.text(statement))


def test_uses_wait_for_a_word_without_blocking_anything(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    used = make_use(uow, scene, now=clock.now())
    assert waiting(uow, scene.member) == [used.number]
    assert waiting(uow, scene.admin) == []
    assert waiting(uow, scene.admin, whole_company=True) == [used.number]
    assert waiting(uow, scene.manager, whole_company=True) == []
    give_feedback(uow, used.number, Word(Grade.GOOD), actor=scene.member, now=NOON.end)
    assert waiting(uow, scene.member) == []


def graded(uow: UnitOfWork, scene: Scene, clock: FrozenClock, *, companies: int) -> None:
    for _ in range(companies):
        (made,) = Writer(uow, scene.instrument.key).write(Booked(NOON))
        make_feedback(uow, made, Grade.VERY_GOOD, now=clock.now())


def test_the_average_is_told_from_three_organisations_on(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    graded(uow, scene, clock, companies=2)
    assert average_grade(uow.session, scene.instrument.key) is None
    graded(uow, scene, clock, companies=1)
    assert average_grade(uow.session, scene.instrument.key) == (5.0, 3)


def used(visit: Visit, scene: Scene) -> str:
    with visit.write() as uow:
        return make_use(uow, scene, now=visit.clock.now()).number


def say(client: TestClient, number: str, **typed: str) -> int:
    told = {"grade": "good", **typed}
    answer = client.post(f"/reservations/{number}/feedback", data=told, follow_redirects=False)
    return answer.status_code


def test_a_company_grades_on_the_page_of_the_use_and_the_lab_reads_it(visit: Visit) -> None:
    scene = visit.scene()
    number = used(visit, scene)
    visit.clock.at("2026-11-24T14:00")
    client = visit.by(scene.member)
    start = soup(client.get("/reservations", headers={**HTMX, "HX-Target": "start"}))
    assert start.select_one("a[href='/feedback']")
    assert number in client.get("/feedback").text
    assert say(client, number, grade="splendid") == 422
    assert say(client, number, comment="操作员很耐心") == 303
    assert number not in client.get("/feedback").text
    lab = visit.by(scene.manager).get(f"/reservations/{number}/feedback")
    assert ("基本满意" in lab.text, "操作员很耐心" in lab.text) == (True, True)
    assert not soup(lab).select("#feedback form")


def test_programs_grade_and_read_it_too(visit: Visit) -> None:
    scene = visit.scene()
    number = used(visit, scene)
    visit.clock.at("2026-11-24T14:00")
    client = visit.by(scene.member)
    address = f"/api/v1/reservations/{number}/feedback"
    assert client.get(address).json() == {"feedback": None}
    made = client.post(address, json={"grade": "very_good"}).json()["feedback"]
    assert (made["grade"], made["reported_at"]) == ("very_good", None)
    assert client.get(address).json() == {"feedback": made}
    assert client.post(address, json={"grade": "6"}).status_code == 422


def test_everybody_reads_the_average_once_there_is_one(visit: Visit) -> None:
    scene = visit.scene()
    address = f"/instruments/{scene.instrument.key}/grade"
    assert "5.0" not in visit.client.get(address, headers=HTMX).text
    with visit.write() as uow:
        graded(uow, scene, visit.clock, companies=3)
    assert "5.0" in visit.client.get(address, headers=HTMX).text
