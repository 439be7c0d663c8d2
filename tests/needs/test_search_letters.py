"""The letter about new instruments: its links pause or remove a search without signing in."""

import re

import pytest
from sqlmodel import select

from booking.needs.models import SavedSearch
from booking.notifications.composing import compose
from booking.notifications.models import OutboxMessage
from booking.web.signed import signed_link, signed_token
from tests.support import serving


@pytest.fixture
def link(write, keep, publish, tell) -> str:
    """The address in the letter, without the host."""
    keep("电镜")
    publish("扫描电镜")
    tell()
    with write() as uow:
        letter = uow.session.exec(select(OutboxMessage)).one()
        text = compose(letter, serving.test_settings("sqlite://")).get_content()
    (found,) = re.findall(r"/saved-searches/letter/\S+", text)
    return str(found)


def searches(write) -> list[SavedSearch]:
    with write() as uow:
        found = list(uow.session.exec(select(SavedSearch)))
        uow.session.expunge_all()
        return found


def followed(anybody, token: str) -> int:
    answer = anybody.get(f"/saved-searches/letter/{token}", follow_redirects=True)
    return int(answer.status_code)


def test_following_the_link_changes_nothing(anybody, write, link):
    page = anybody.get(link, follow_redirects=True)
    assert page.url.path == "/saved-searches/letter"
    assert "电镜" in page.text
    assert [one.paused for one in searches(write)] == [False]


def test_its_button_pauses(anybody, write, link):
    anybody.get(link, follow_redirects=True)
    answer = anybody.post("/saved-searches/letter/pause", follow_redirects=True)
    assert "已暂停" in answer.text
    assert [one.paused for one in searches(write)] == [True]


def test_its_button_removes_and_then_the_link_opens_nothing(anybody, write, link):
    anybody.get(link, follow_redirects=True)
    assert anybody.post("/saved-searches/letter/removal").status_code == 200
    assert searches(write) == []
    assert anybody.get("/saved-searches/letter").status_code == 409
    assert anybody.get(link, follow_redirects=True).status_code == 409


def test_it_opens_one_search_and_nothing_else(anybody, write, link, keep):
    keep("质谱")
    anybody.get(link, follow_redirects=True)
    anybody.post("/saved-searches/letter/removal")
    assert [one.name for one in searches(write)] == ["质谱"]
    listed = anybody.get("/saved-searches", follow_redirects=False)
    assert listed.status_code == 303
    assert listed.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("deed", ["pause", "removal"])
def test_without_a_link_nothing_is_done(anybody, write, keep, deed):
    keep("电镜")
    assert anybody.post(f"/saved-searches/letter/{deed}").status_code == 409
    assert [one.paused for one in searches(write)] == [False]


def test_a_link_is_for_one_purpose_and_for_the_search_of_its_time(anybody, write, keep):
    one = keep("电镜")
    settings = serving.test_settings("sqlite://")
    for purpose, key in (
        ("invitation", f"{one}@2026-11-23T01:00:00+00:00"),
        ("saved_search", one),
        ("saved_search", f"{one}@2001-01-01T00:00:00+00:00"),
    ):
        token = signed_token(settings, purpose, key)
        assert followed(anybody, token) == 409
    other = signed_link(settings, "password", one).rsplit("/", 1)[1]
    assert followed(anybody, other) == 409


def test_another_site_cannot_press_the_button(anybody, write, link):
    anybody.get(link, follow_redirects=True)
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
    answer = anybody.post("/saved-searches/letter/removal", headers=foreign)
    assert answer.status_code == 403
    assert len(searches(write)) == 1
