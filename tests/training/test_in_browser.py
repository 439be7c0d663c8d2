"""The pages of training in Chromium: they fit a phone, and axe has nothing serious to say."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from booking.access.actor import Actor
from booking.training.actions.sessions import seat
from booking.web.sessions import COOKIE
from tests.conftest import Write
from tests.factories.accounts import make_member, open_session
from tests.factories.training import make_grant, make_request, make_session, training_scene
from tests.support import eye
from tests.support.clock import FrozenClock


@dataclass(frozen=True)
class Class:
    """Where to go, and who goes there."""

    instrument: int
    session: int
    request: int
    grant: int
    pupil: Actor
    graduate: Actor
    manager: Actor


@pytest.fixture
def room(write: Write, clock: FrozenClock) -> Class:
    """A session that runs, one who comes to it, two who wait, two who may operate."""
    with write() as uow:
        now = clock.now()
        scene = training_scene(uow, unused_days=60)
        colleagues = [make_member(uow, scene.company.key) for _ in range(3)]
        grant = make_grant(uow, scene, scene.admin, now=now).key
        make_grant(uow, scene, scene.member, now=now)
        made = make_session(uow, scene, now=now, closes=True).key
        asked = [make_request(uow, scene, who, now=now).key for who in colleagues]
        seat(uow, made, asked[:1], actor=scene.manager, now=now)
    clock.at("2026-11-24T09:30")
    people = (colleagues[0], scene.member, scene.manager)
    return Class(scene.instrument.key, made, asked[1], grant, *people)


SPAN = "start=2026-11-26T04:00:00Z&end=2026-11-26T06:00:00Z"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_fits(
    page: Page, live_server: str, write: Write, clock: FrozenClock, room: Class, language: str
) -> None:
    def look(who: Actor, name: str, path: str) -> None:
        with write() as uow:
            secret = open_session(uow, who, now=clock.now())
        page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
        page.goto(f"{live_server}{path}{'&' if '?' in path else '?'}lang={language}")
        assert eye.fits(page)
        eye.keep(page, f"training-{name}-{language}")

    here, manage = f"/instruments/{room.instrument}", "/manage/training"
    look(room.pupil, "scheduled", f"{here}/training")
    look(room.pupil, "panel", f"{here}/booking?{SPAN}")
    look(room.graduate, "granted", f"{here}/training")
    look(room.graduate, "mine", "/training")
    look(room.manager, "desk", f"/manage{here}/training")
    look(room.manager, "session", f"{manage}/sessions/{room.session}")
    look(room.manager, "request", f"{manage}/requests/{room.request}")
    look(room.manager, "grant", f"{manage}/grants/{room.grant}")
    look(room.manager, "revocation", f"{manage}/grants/{room.grant}/revocation")
