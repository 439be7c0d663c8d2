"""Pages and letters of faults: from the report to the repair, for the lab and for those hit."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from tests.factories.accounts import be, open_session
from tests.factories.instruments import span
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock
from tests.support.post import Post

Write = Callable[[], AbstractContextManager[UnitOfWork]]
SOON = span("2026-11-24T08:00", "10:00")
LATER = span("2026-11-26T08:00", "10:00")


@pytest.fixture
def scene(client: TestClient, write: Write, clock: FrozenClock) -> Scene:
    """A company has booked twice; the lab's manager is signed in."""
    with write() as uow:
        found = make_scene(uow)
        for when in (SOON, LATER):
            make_reservation(uow, found, when, now=clock.now())
        be(client, open_session(uow, found.manager, now=clock.now()))
        uow.session.refresh(found.instrument)
        uow.session.expunge(found.instrument)
    return found


def text_of(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def step(client: TestClient, page: str, ending: str, **data: str) -> None:
    shown = BeautifulSoup(client.get(page).text, "html.parser")
    form = shown.select_one(f"form[action$='/{ending}']")
    assert form is not None
    answer = client.post(str(form["action"]), data=data, follow_redirects=False)
    assert answer.headers["location"] == page


def test_a_fault_is_reported_closed_and_repaired_and_everybody_hears_of_it(
    client: TestClient, scene: Scene, clock: FrozenClock, post: Post
) -> None:
    here = f"/manage/instruments/{scene.instrument.key}/faults"
    client.post(here, data={"what": "真空度不足"})
    (told,) = post.letters(to=scene.manager.email)
    assert "真空度不足" in told.get_content()
    step(client, here, "closure", expected="2026-11-25T09:00")
    shown = text_of(client.get(here).text)
    assert "受影响的预约" in shown
    assert "11月24日 周二 08:00–10:00" in shown
    assert "11月26日" not in shown
    letter = post.letters(to=scene.member.email)[-1]
    assert "已停用" in letter["Subject"]
    assert "预计 11月25日 周三 09:00 恢复" in letter.get_content()
    assert "/move?start=2026-11-25T01:00:00Z" in letter.get_content()
    assert "预计 11月25日 周三 09:00 恢复" in text_of(
        client.get(f"/instruments/{scene.instrument.key}").text
    )
    assert "真空度不足" in client.get("/faults").text
    step(client, here, "letters")
    told_again = [one for one in post.letters(to=scene.member.email) if "已停用" in one["Subject"]]
    assert len(told_again) == 2
    clock.advance(hours=2)
    step(client, here, "repair", done="更换密封圈")
    assert "已恢复" in post.letters(to=scene.member.email)[-1]["Subject"]
    assert "真空度不足" not in client.get("/faults").text
    assert "更换密封圈" in client.get(here).text


def test_the_link_to_propose_begins_with_the_time_that_is_free(
    client: TestClient, scene: Scene
) -> None:
    here = f"/manage/instruments/{scene.instrument.key}/faults"
    client.post(here, data={"what": "真空度不足"})
    step(client, here, "closure", expected="2026-11-25T09:00")
    link = BeautifulSoup(client.get(here).text, "html.parser").select_one("a[href*='/proposal?']")
    assert link is not None
    form = client.get(str(link["href"])).text
    assert 'value="2026-11-25T09:00"' in form
    assert 'value="2026-11-25T11:00"' in form


def test_what_cannot_be_read_keeps_what_was_typed(client: TestClient, scene: Scene) -> None:
    here = f"/manage/instruments/{scene.instrument.key}/faults"
    client.post(here, data={"what": "真空度不足"})
    shown = BeautifulSoup(client.get(here).text, "html.parser")
    form = shown.select_one("form[action$='/closure']")
    assert form is not None
    past = client.post(str(form["action"]), data={"expected": "2026-01-01T09:00"})
    assert past.status_code == 422
    assert 'value="2026-01-01T09:00"' in past.text
    assert "预计恢复时间须晚于现在" in past.text


def test_the_holder_reports_within_a_day_of_the_booking_only(
    client: TestClient, scene: Scene, write: Write, clock: FrozenClock, post: Post
) -> None:
    with write() as uow:
        be(client, open_session(uow, scene.member, now=clock.now()))
    numbers = [
        str(link["href"]).rpartition("/")[2]
        for link in BeautifulSoup(client.get("/reservations").text, "html.parser").select(
            "a[href^='/reservations/R']:not([href$='/move'])"
        )
    ]
    soon, later = dict.fromkeys(numbers)
    assert "报告故障" in client.get(f"/reservations/{soon}").text
    assert client.post(f"/reservations/{later}/fault", data={"what": "异响"}).status_code == 409
    told = client.post(f"/reservations/{soon}/fault", data={"what": "异响"})
    assert "已通知实验室" in told.text
    (letter,) = post.letters(to=scene.manager.email)
    assert "异响" in letter.get_content()


def test_a_downtime_is_entered_afterwards_and_nothing_typed_is_lost(
    client: TestClient, scene: Scene
) -> None:
    here = f"/manage/instruments/{scene.instrument.key}/faults"
    typed = {"what": "漏气", "broken_since": "2026-11-20T09:00", "done": "换密封圈"}
    refused = client.post(here, data={**typed, "works_since": "2026-11-20T08:00"})
    assert refused.status_code == 422
    assert "须晚于停用时间，且不晚于现在" in refused.text
    assert 'value="2026-11-20T09:00"' in refused.text
    client.post(here, data={**typed, "works_since": "2026-11-20T12:00"})
    page = client.get(here).text
    shown = text_of(page)
    assert "11月20日 周五 09:00 – 11月20日 周五 12:00 3.0 漏气 换密封圈" in shown
    assert "/repair" not in page
