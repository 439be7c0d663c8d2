"""Pages of credit: what a company, a lab and the centre see, and what they can do there."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.credit.queries.standing import credit_of_organisation, terms_in_force
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.cancel import cancel
from tests.factories.accounts import be, bearer, open_session
from tests.factories.credit import make_centre, make_no_show, make_rules, only_entry
from tests.factories.files import pdf
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock, moment
from tests.support.post import Post

Write = Callable[[], AbstractContextManager[UnitOfWork]]
MONDAY = moment("2026-11-23T09:00")
RULES = {"start_score": "100", "loss_days": "180", "gain_days": "90", "points_no_show": "30"}


@dataclass
class Place:
    """A company with a no-show, its lab, the centre; and whoever is at the door."""

    scene: Scene
    centre: Actor
    number: str
    entry: int
    client: TestClient
    write: Write
    clock: FrozenClock

    def sign_in(self, who: Actor) -> None:
        with self.write() as uow:
            be(self.client, open_session(uow, who, now=self.clock.now()))

    def text(self, path: str) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200
        return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())

    def score(self) -> int:
        with self.write() as uow:
            found = credit_of_organisation(uow.session, self.scene.company.key, self.clock.now())
        assert found is not None
        return found.score


@pytest.fixture
def place(client: TestClient, write: Write, clock: FrozenClock) -> Place:
    with write() as uow:
        make_rules(uow)
        scene, centre = make_scene(uow), make_centre(uow)
        number = make_no_show(uow, scene, now=MONDAY).number
        entry = only_entry(uow.session)
        uow.session.refresh(scene.instrument)
        uow.session.refresh(scene.company)
        uow.session.expunge_all()
    clock.at("2026-11-25T09:00")
    return Place(scene, centre, number, entry, client, write, clock)


def test_a_company_reads_its_score_every_entry_and_what_follows(place: Place) -> None:
    place.sign_in(place.scene.member)
    told = place.text("/credit")
    for part in ("85", "爽约", "-15", place.number, "申诉", "低于 80 分", "低于 60 分"):
        assert part in told


def test_without_rules_it_says_that_nothing_counts(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        member = make_scene(uow).member
        be(client, open_session(uow, member, now=clock.now()))
    assert "中心尚未启用信用规则" in client.get("/credit", follow_redirects=True).text


def test_from_the_appeal_to_the_points_back_with_letters_both_ways(
    place: Place, post: Post
) -> None:
    place.sign_in(place.scene.member)
    page = f"/credit/entries/{place.entry}/appeal"
    assert place.number in place.text(page)
    paper = {"file": ("证明.pdf", pdf(), "application/pdf")}
    sent = place.client.post(page, data={"words": "停电"}, files=paper, follow_redirects=False)
    assert sent.status_code == 303
    assert place.number in post.letters(to=place.scene.member.email)[-1].get_content()
    assert "申诉" in post.letters(to=place.centre.email)[-1]["Subject"]
    place.sign_in(place.centre)
    assert "停电" in place.text("/credit/appeals")
    queue = BeautifulSoup(place.client.get("/credit/appeals").text, "html.parser")
    (evidence,) = queue.select("a[href$='/evidence']")
    assert place.client.get(str(evidence["href"])).content == pdf()
    (grant,) = queue.select("form[action$='/granting']")
    place.client.post(str(grant["action"]), data={"reason": "属实"})
    assert place.score() == 100
    answer = post.letters(to=place.scene.member.email)[-1]
    assert "成立" in answer["Subject"]
    assert "属实" in answer.get_content()
    place.sign_in(place.scene.member)
    assert "已撤销" in place.text("/credit")


def test_an_appeal_without_words_keeps_the_page_and_says_what_is_missing(place: Place) -> None:
    place.sign_in(place.scene.member)
    answer = place.client.post(f"/credit/entries/{place.entry}/appeal", data={"words": ""})
    assert answer.status_code == 422
    assert "fault" in answer.text


def test_what_was_typed_stays_when_the_appeal_is_refused(place: Place) -> None:
    place.sign_in(place.scene.admin)
    page = f"/credit/entries/{place.entry}/appeal"
    place.client.post(page, data={"words": "停电"})
    again = place.client.post(page, data={"words": "再次停电"})
    assert again.status_code == 409
    assert "再次停电" in again.text


def test_the_centre_puts_rules_into_force(place: Place) -> None:
    place.sign_in(place.centre)
    told = {**RULES, "active": "on", "note": "试行"}
    answer = place.client.post("/credit/rules", data=told, follow_redirects=False)
    assert answer.status_code == 303
    with place.write() as uow:
        in_force = terms_in_force(uow.session, place.clock.now())
    assert in_force is not None
    assert in_force[1].points["no_show"] == 30
    assert "试行" in place.text("/credit/rules")


def test_a_first_page_of_rules_says_that_its_figures_are_assumed(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        centre = make_centre(uow)
        be(client, open_session(uow, centre, now=clock.now()))
    assert "假定示例，尚未生效" in client.get("/credit/rules").text
    with write() as uow:
        assert terms_in_force(uow.session, clock.now()) is None


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"start_score": "0"}, 422),
        ({"approval_below": "50", "refuse_below": "60"}, 422),
        ({"valid_from": "2026-11-24"}, 422),
        ({"valid_from": "2026-11-25"}, 200),
        ({"valid_from": "2026-11-26"}, 200),
    ],
)
def test_rules_that_cannot_be_are_refused_and_stay_typed(
    place: Place, changed: dict[str, str], status: int
) -> None:
    place.sign_in(place.centre)
    told = {**RULES, "note": "如此这般", **changed}
    answer = place.client.post("/credit/rules", data=told, follow_redirects=True)
    assert answer.status_code == status
    assert "如此这般" in answer.text


def test_the_lab_reads_its_own_and_the_card_shows_only_a_published_figure(place: Place) -> None:
    lab = place.scene.instrument.lab_id
    with place.write() as uow:
        ahead = make_reservation(
            uow, place.scene, between("11-27 12:00", "13:00"), now=place.clock.now()
        )
        cancel(
            uow, ahead.number, actor=place.scene.manager, now=place.clock.now(), reason="另有安排"
        )
    place.sign_in(place.scene.manager)
    told = place.text(f"/labs/{lab}/credit")
    assert "实验室取消已确认的预约" in told
    assert "爽约" not in told
    figure = f"/labs/{lab}/credit/figure"
    place.client.cookies.clear()
    assert "90" not in place.client.get(figure, headers={"hx-request": "true"}).text
    with place.write() as uow:
        make_rules(uow, now=place.clock.now(), publishes_labs=True)
    assert "90" in place.client.get(figure, headers={"hx-request": "true"}).text


def test_programs_read_their_own(place: Place) -> None:
    with place.write() as uow:
        key = bearer(uow, place.scene.member, now=place.clock.now())
    answer = place.client.get("/api/v1/credit", headers=key).json()
    (standing,) = answer["standings"]
    (entry,) = answer["items"]
    assert (standing["score"], standing["level"]) == (85, "free")
    assert (entry["cause"], entry["points"], entry["number"]) == ("no_show", -15, place.number)
    assert answer["next_cursor"] is None


@pytest.mark.parametrize(
    "path", ["/organisations/{company}/credit", "/credit/entries/{entry}/appeal"]
)
def test_nobody_else_reads_them(place: Place, path: str) -> None:
    with place.write() as uow:
        stranger = make_scene(uow).admin
    place.sign_in(stranger)
    at = path.format(company=place.scene.company.key, entry=place.entry)
    assert place.client.get(at).status_code == 404
