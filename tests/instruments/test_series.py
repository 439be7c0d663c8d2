"""Pages of closures that come again."""

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

Write = Callable[[], AbstractContextManager[UnitOfWork]]
WEEKLY = {
    "kind": "maintenance",
    "starts_at": "2026-11-24T08:00",
    "ends_at": "2026-11-24T12:00",
    "frequency": "weekly",
    "every": "1",
    "until": "2026-12-15",
    "reason": "每周保养",
}


@pytest.fixture
def scene(client: TestClient, write: Write, clock: FrozenClock) -> Scene:
    """The manager of an instrument is signed in; a company has booked it on 1 December."""
    with write() as uow:
        found = make_scene(uow)
        make_reservation(uow, found, span("2026-12-01T10:00", "11:00"), now=clock.now())
        be(client, open_session(uow, found.manager, now=clock.now()))
        uow.session.refresh(found.instrument)
        uow.session.expunge(found.instrument)
    return found


def text_of(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def test_a_series_is_refused_by_occurrence_then_planned_and_called_off(
    client: TestClient, scene: Scene
) -> None:
    here = f"/manage/instruments/{scene.instrument.key}/series"
    refused = client.post(here, data=WEEKLY)
    assert refused.status_code == 409
    assert "12月1日 周二 08:00–12:00：预约 R261123-" in text_of(refused.text)
    assert 'value="每周保养"' in refused.text
    planned = client.post(here, data=WEEKLY | {"only_free": "on"}, follow_redirects=False)
    assert planned.status_code == 303
    shown = client.get(here).text
    assert "下次 11月24日 周二 08:00 · 还有 3 次 · 截至 12月15日 周二" in text_of(shown)
    form = BeautifulSoup(shown, "html.parser").select_one("form[action^='/manage/closure-series']")
    assert form is not None
    ended = client.post(str(form["action"]), data={"since": "2026-12-08"}, follow_redirects=False)
    assert ended.headers["location"] == here
    assert "还有 1 次" in text_of(client.get(here).text)


def test_what_makes_no_sense_keeps_what_was_typed(client: TestClient, scene: Scene) -> None:
    here = f"/manage/instruments/{scene.instrument.key}/series"
    too_far = client.post(here, data=WEEKLY | {"until": "2029-01-01"})
    assert too_far.status_code == 422
    assert "最后一天须在 366 天之内" in too_far.text
    unread = client.post(here, data=WEEKLY | {"every": "0"})
    assert unread.status_code == 422
    assert 'value="2026-12-15"' in unread.text
