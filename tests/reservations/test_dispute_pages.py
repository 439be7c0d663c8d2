"""The page of a dispute, and the same through the API."""

from booking.accounts.models import User
from booking.reservations.actions.dispute import dispute
from booking.reservations.states import State
from tests.factories.accounts import make_staff
from tests.factories.reservations import NOON, Scene, make_use, state_of
from tests.reservations.conftest import OpenDoors
from tests.reservations.visiting import Visit, text_of


def disputed(visit: Visit, scene: Scene) -> str:
    with visit.write() as uow:
        made = make_use(uow, scene, now=visit.clock.now())
        dispute(uow, made.number, actor=scene.member, now=NOON.end, reason="只用了一小时")
    return made.number


def test_both_sides_talk_and_the_centre_decides(visit: Visit) -> None:
    scene = visit.scene()
    with visit.write() as uow:
        centre = make_staff(uow)
    number = disputed(visit, scene)
    said = f"/reservations/{number}/messages"
    visit.by(scene.manager).post(said, data={"text": "日志是两小时"})
    page = text_of(visit.by(scene.member).get(said))
    assert page.index("只用了一小时") < page.index("日志是两小时")
    visit.by(scene.member).post(f"/reservations/{number}/centre")
    refused = visit.by(scene.manager).post(
        f"/reservations/{number}/resolution", data={"reason": "维持"}
    )
    assert refused.status_code == 409
    visit.by(centre).post(
        f"/reservations/{number}/resolution", data={"reason": "以日志为准", "test_minutes": "60"}
    )
    with visit.write() as uow:
        assert state_of(uow.session, number) is State.SETTLED
    assert "以日志为准" in text_of(visit.by(scene.member).get(said))


def test_a_company_reads_who_speaks_for_itself_and_of_the_lab_only_that_it_does(
    visit: Visit,
) -> None:
    scene = visit.scene()
    number = disputed(visit, scene)
    said = f"/reservations/{number}/messages"
    with visit.write() as uow:
        uow.session.get_one(User, scene.manager.id).name = "管理员乙"
    visit.by(scene.manager).post(said, data={"text": "日志是两小时"})
    assert "管理员乙" in text_of(visit.by(scene.manager).get(said))
    page = text_of(visit.by(scene.member).get(said))
    assert "日志是两小时" in page
    assert "管理员乙" not in page
    assert scene.member.name in page


def test_what_was_typed_stays_when_it_cannot_be_sent(visit: Visit) -> None:
    scene = visit.scene()
    number = disputed(visit, scene)
    long = "长" * 501
    answer = visit.by(scene.member).post(f"/reservations/{number}/messages", data={"text": long})
    assert answer.status_code == 422
    assert long in answer.text


def test_a_stranger_reads_nothing(visit: Visit) -> None:
    scene, elsewhere = visit.scene(), visit.scene()
    number = disputed(visit, scene)
    assert visit.by(elsewhere.member).get(f"/reservations/{number}/messages").status_code == 404


def test_programs_read_and_say_the_same(open_doors: OpenDoors) -> None:
    doors = open_doors()
    who, number = doors.scene.member, doors.book()
    path = f"/reservations/{number}/messages"
    assert doors.get(who, path).json() == {"items": []}
    refused = doors.post(who, path, {"text": "还没有争议"})
    assert (refused.status_code, refused.json()["code"]) == (
        409,
        "reservation.illegal_transition",
    )
