"""The pages of training: who sees what, and what was typed is kept."""

import pytest
from httpx2 import Response

from booking.access.roles import Role
from booking.training.actions.ask import ask
from tests.conftest import Write
from tests.factories.accounts import make_lab_person, make_member
from tests.factories.organisations import make_organisation
from tests.factories.reservations import Scene
from tests.factories.training import make_grant, make_request, make_session, training_scene
from tests.reservations.visiting import SPAN, Visit, panel_path, soup, text_of
from tests.support.clock import FrozenClock

DAY = {"starts_at": "2026-11-24T09:00", "ends_at": "2026-11-24T11:00", "seats": "2"}


@pytest.fixture
def visit(write, client, clock) -> Visit:
    return Visit(write, client, clock)


@pytest.fixture
def scene(write: Write) -> Scene:
    with write() as uow:
        return training_scene(uow)


def own(scene: Scene) -> str:
    return f"/instruments/{scene.instrument.key}/training"


def desk(scene: Scene) -> str:
    return f"/manage/instruments/{scene.instrument.key}/training"


def went_on(answer: Response) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_refused_one_asks_comes_passes_and_books(
    visit: Visit, scene: Scene, clock: FrozenClock
) -> None:
    member = visit.by(scene.member)
    panel = member.get(panel_path(scene), params=SPAN)
    assert "需要先取得上机资格" in text_of(panel)
    (way,) = soup(panel).select(f'#verdict a[href="{own(scene)}"]')
    wish = {**SPAN, "purpose": "断口形貌"}
    booking = f"/instruments/{scene.instrument.key}/reservations"
    refused = member.post(booking, data=wish)
    assert refused.status_code == 422
    assert soup(refused).select(f'a[href="{own(scene)}"]')
    assert went_on(member.post(str(way["href"]), data={"message": "做过断口"})) == own(scene)

    lab = visit.by(scene.manager)
    waiting = soup(lab.get(desk(scene)))
    (asked,) = [str(a["href"]) for a in waiting.select("#waiting td a")]
    assert "做过断口" in text_of(lab.get(asked))
    session = went_on(lab.post(desk(scene), data={**DAY, "place": "一楼", "closes": "on"}))
    number = asked.rsplit("/", 1)[1]
    lab.post(f"{session}/people", data={"people": number})

    assert "一楼" in text_of(visit.by(scene.member).get(own(scene)))
    clock.at("2026-11-24T11:30")
    lab = visit.by(scene.manager)
    result = {"passed": number, "valid_to": "2027-11-30"}
    assert went_on(lab.post(f"{session}/result", data=result)) == desk(scene)

    assert "有效期至" in text_of(visit.by(scene.member).get(own(scene)))
    assert visit.client.post(booking, data=wish).status_code == 303


def test_what_was_typed_is_kept_when_a_session_cannot_be_planned(
    visit: Visit, scene: Scene
) -> None:
    backwards = {**DAY, "ends_at": "2026-11-24T08:00", "place": "一楼会议室"}
    answer = visit.by(scene.manager).post(desk(scene), data=backwards)
    assert answer.status_code == 422
    page = soup(answer)
    assert [page.find(id=name)["value"] for name in ("place", "starts_at")] == [  # type: ignore[index]
        "一楼会议室",
        "2026-11-24T09:00",
    ]


def test_a_full_session_says_how_many_seats_are_left(visit: Visit, scene: Scene) -> None:
    with visit.write() as uow:
        now = visit.clock.now()
        made = make_session(uow, scene, now=now, seats=1).key
        asked = [make_request(uow, scene, who, now=now).key for who in (scene.member, scene.admin)]
    lab = visit.by(scene.manager)
    answer = lab.post(
        f"/manage/training/sessions/{made}/people", data={"people": [str(key) for key in asked]}
    )
    assert answer.status_code == 409
    assert "只剩 1 个" in text_of(answer)
    chosen = soup(answer).select('input[name="people"][checked]')
    assert len(chosen) == 2


def test_companies_never_read_each_others_names_at_a_session(visit: Visit, scene: Scene) -> None:
    with visit.write() as uow:
        now = visit.clock.now()
        other = make_organisation(uow, name="示例竞争公司")
        rival = make_member(uow, other.key)
        made = make_session(uow, scene, now=now)
        request = ask(uow, scene.instrument.key, "机密样品", actor=rival, now=now)
    lab = visit.by(scene.manager)
    lab.post(f"/manage/training/sessions/{made.key}/people", data={"people": str(request.key)})
    assert "示例竞争公司" in text_of(lab.get(f"/manage/training/sessions/{made.key}"))
    member = visit.by(scene.member)
    page = member.get(own(scene))
    assert "培训员" in text_of(page)
    for secret in ("示例竞争公司", "机密样品", rival.email):
        assert secret not in page.text
    assert member.get(f"/manage/training/sessions/{made.key}").status_code == 403


def test_an_operator_trains_without_keeping_the_card(visit: Visit, scene: Scene) -> None:
    with visit.write() as uow:
        operator = make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR)
    page = soup(visit.by(operator).get(desk(scene)))
    assert [a.get_text(strip=True) for a in page.select("nav.tabs a")] == [
        "故障",
        "上机培训",
    ]
    assert page.find("input", {"name": "closes"}) is None
    assert soup(visit.by(scene.manager).get(desk(scene))).find("input", {"name": "closes"})


def test_revoking_shows_what_lies_ahead_and_leaves_it(visit: Visit, scene: Scene) -> None:
    with visit.write() as uow:
        made = make_grant(uow, scene, now=visit.clock.now()).key
    number = visit.book(scene)
    lab = visit.by(scene.manager)
    way = f"/manage/training/grants/{made}/revocation"
    assert soup(lab.get(f"/manage/training/grants/{made}")).select(f'a[href="{way}"]')
    assert number in text_of(lab.get(way))
    assert lab.post(way, data={"reason": ""}).status_code == 422
    assert went_on(lab.post(way, data={"reason": "违规操作"})) == desk(scene)
    member = visit.by(scene.member)
    assert "自主上机前需要培训" in text_of(member.get(own(scene)))
    assert member.get(f"/reservations/{number}").status_code == 200


def test_ones_own_page_lists_permissions_and_requests(visit: Visit, scene: Scene) -> None:
    with visit.write() as uow:
        make_grant(uow, scene, now=visit.clock.now())
        make_grant(uow, scene, scene.admin, now=visit.clock.now())
    page = soup(visit.by(scene.member).get("/training"))
    for part in ("#permissions", "#requests"):
        (row,) = page.select(f"{part} tbody tr")
        assert scene.instrument.name in row.get_text()


def test_withdrawing_leads_back_to_asking(visit: Visit, scene: Scene) -> None:
    member = visit.by(scene.member)
    member.post(own(scene), data={})
    page = soup(member.get(own(scene)))
    assert page.find(id="ask") is None
    (form,) = page.select('form[action$="/withdrawal"]')
    assert went_on(member.post(str(form["action"]))) == own(scene)
    assert soup(member.get(own(scene))).find(id="ask")


def test_lists_are_read_in_pieces(visit: Visit, scene: Scene) -> None:
    with visit.write() as uow:
        now = visit.clock.now()
        for _ in range(3):
            make_grant(uow, scene, make_member(uow, scene.company.key), now=now)
    lab = visit.by(scene.manager)
    first = soup(lab.get(desk(scene), params={"limit": 2}))
    assert len(first.select("#trained tbody tr")) == 2
    (further,) = first.select("#trained a[rel=next]")
    second = soup(lab.get(str(further["href"])))
    assert len(second.select("#trained tbody tr")) == 1


def test_where_no_training_is_needed_the_page_says_so(visit: Visit) -> None:
    scene = visit.scene()
    page = visit.by(scene.member).get(own(scene))
    assert "不要求上机培训" in text_of(page)
    assert soup(page).find(id="ask") is None
    assert "没有要求培训" in text_of(visit.by(scene.manager).get(desk(scene)))
