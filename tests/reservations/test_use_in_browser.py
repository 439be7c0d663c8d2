"""The pages around a use in Chromium: readable, nothing beside the screen, in both languages."""

import pytest

from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.dispute import dispute
from booking.reservations.actions.show_condition import show_condition
from booking.reservations.jobs import note_overruns
from booking.reservations.states import Taken
from booking.web.sessions import COOKIE
from tests.factories.accounts import open_session
from tests.factories.files import receive_photo
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, make_reservation, make_scene, make_use
from tests.support import axe, eye


@pytest.fixture
def addresses(write, clock, page, live_server):
    """A use that runs over, one that is kept out, a disputed one, photos; by who looks at them."""
    now = clock.now()
    with write() as uow:
        scene = make_scene(uow, policy={"code_at_place": True})
        used = make_use(uow, scene, between("11-24 09:00", "10:00"), now=now)
        dispute(uow, used.number, actor=scene.member, now=NOON.start, reason="只用了一小时")
        running = make_reservation(uow, scene, now=now)
        kept_out = make_reservation(uow, scene, between("11-24 14:00", "15:00"), now=now)
        check_in(uow, running.number, actor=scene.manager, now=NOON.start)
        photo = receive_photo(uow)
        show_condition(
            uow,
            running.number,
            photo,
            taken=Taken.BEFORE,
            actor=scene.member,
            now=NOON.start,
        )
        note_overruns(uow, NOON.end)
        later = clock.at("2026-11-24T14:10")
        secrets = {
            who: open_session(uow, actor, now=later)
            for who, actor in {"member": scene.member, "manager": scene.manager}.items()
        }
    card, lab = scene.instrument.key, scene.instrument.lab_id
    paths = {
        "here": ("member", f"/here/{card}"),
        "kept-out": ("member", f"/reservations/{kept_out.number}"),
        "photos": ("member", f"/reservations/{running.number}/photos"),
        "dispute": ("member", f"/reservations/{used.number}/messages"),
        "code": ("manager", f"/manage/instruments/{card}/code"),
        "screen": ("manager", f"/labs/{lab}/screen"),
        "day": ("manager", f"/day?lab={lab}"),
        "policy": ("manager", f"/manage/instruments/{card}/policy"),
    }
    return live_server, secrets, paths


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_around_a_use_can_be_read_by_everybody(addresses, page, backend, language, size):
    server, secrets, paths = addresses
    page.set_viewport_size(size)
    for name, (who, path) in paths.items():
        page.context.add_cookies([{"name": COOKIE, "value": secrets[who], "url": server}])
        page.goto(f"{server}{path}{'&' if '?' in path else '?'}lang={language}")
        eye.keep(page, f"use-{name}-{language}-{size['width']}")
        assert axe.serious_faults(page) == [], name
        assert not eye.too_wide(page), name
