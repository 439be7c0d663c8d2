"""One's own notices: counted in the head of pages, listed, read; and how one is told, chosen."""

import re

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.notifications.models import NoticeChoice, NoticeTimes, OutboxMessage
from tests.conftest import Write
from tests.factories.accounts import be, bearer, open_session
from tests.factories.reservations import Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock


@pytest.fixture
def booked(write: Write, clock: FrozenClock) -> tuple[Scene, str]:
    with write() as uow:
        scene = make_scene(uow, policy={"approval": "always"})
        return scene, make_reservation(uow, scene, now=clock.now()).number


def signed_in(client: TestClient, write: Write, who: Actor, clock: FrozenClock) -> TestClient:
    with write() as uow:
        return be(client, open_session(uow, who, now=clock.now()))


@pytest.fixture
def member(
    client: TestClient, write: Write, clock: FrozenClock, booked: tuple[Scene, str]
) -> TestClient:
    return signed_in(client, write, booked[0].member, clock)


def the_one(client: TestClient) -> str:
    """The address of the one notice on the list."""
    (place,) = set(re.findall(r"/notices/\d+", client.get("/notices").text))
    return str(place)


def test_the_bell_counts_what_is_unread(member: TestClient) -> None:
    assert 'hx-get="/notices/bell"' in member.get("/instruments").text
    assert ">1<" in member.get("/notices/bell").text
    member.post(f"{the_one(member)}/reading")
    assert "badge" not in member.get("/notices/bell").text


def test_opening_a_notice_leads_to_what_it_is_about(
    member: TestClient, booked: tuple[Scene, str]
) -> None:
    scene, number = booked
    assert scene.instrument.name in member.get("/notices").text
    answer = member.post(f"{the_one(member)}/reading", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/reservations/{number}")


def test_read_can_be_unread_and_all_can_be_read(member: TestClient) -> None:
    place = the_one(member)
    member.post(f"{place}/reading")
    member.post(f"{place}/unread")
    assert ">1<" in member.get("/notices/bell").text
    member.post("/notices/reading")
    assert "badge" not in member.get("/notices/bell").text


def test_keepers_find_the_request_that_waits(
    client: TestClient, write: Write, clock: FrozenClock, booked: tuple[Scene, str]
) -> None:
    keeper = signed_in(client, write, booked[0].manager, clock)
    assert "待审批" in keeper.get("/notices").text
    answer = keeper.post(f"{the_one(keeper)}/reading", follow_redirects=False)
    assert answer.headers["location"] == "/approvals"


def test_others_notices_are_not_found(
    client: TestClient, write: Write, clock: FrozenClock, booked: tuple[Scene, str]
) -> None:
    admin = signed_in(client, write, booked[0].admin, clock)
    with write() as uow:
        rows = uow.session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all()
    assert "/notices/" not in admin.get("/notices").text.replace("/notices/bell", "").replace(
        "/notices/reading", ""
    )
    for row in rows:
        assert admin.post(f"/notices/{row.id}/reading").status_code == 404
        assert admin.post(f"/notices/{row.id}/unread").status_code == 404


def test_programs_read_no_notices(
    client: TestClient, write: Write, clock: FrozenClock, booked: tuple[Scene, str]
) -> None:
    with write() as uow:
        headers = bearer(uow, booked[0].member, now=clock.now())
    assert client.get("/notices", headers=headers).status_code == 403


def test_the_page_shows_how_one_is_told_and_keeps_what_one_chooses(
    member: TestClient, write: Write, booked: tuple[Scene, str]
) -> None:
    page = member.get("/account/notices").text
    assert re.search(r'name="at_once" value="booking" checked', page)
    # Concerns whoever keeps a lab.
    assert "fault_reported" not in page
    told = {
        "in_app": ["series_step"],
        "daily": ["booking"],
        "daily_hour": "18",
        "quiet_from": "22",
        "quiet_until": "7",
        "reminder_hours": "3",
    }
    assert member.post("/account/notices", data=told).status_code == 303
    page = member.get("/account/notices").text
    assert re.search(r'name="daily" value="booking" checked', page)
    assert not re.search(r'name="in_app" value="booking" checked', page)
    with write() as uow:
        times = uow.session.exec(select(NoticeTimes)).one()
        chosen = uow.session.exec(select(NoticeChoice)).all()
    assert (times.daily_hour, times.quiet_from, times.quiet_until) == (18, 22, 7)
    assert times.reminder_hours == 3
    kept = {choice.fact.value: (choice.in_app, choice.mail.value) for choice in chosen}
    assert kept["booking"] == (False, "daily")
    assert kept["series_step"] == (True, "none")
    assert "password_changed" not in kept
    assert "fault_reported" not in kept
    # What is switched off is neither listed nor counted.
    assert "badge" not in member.get("/notices/bell").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"quiet_from": "22"}, "免打扰时段须同时填写起止时间"),
        ({"daily_hour": "24"}, "每日邮件的时间"),
        ({"reminder_hours": "0"}, "预约前多久提醒"),
        ({"reminder_hours": "169"}, "预约前多久提醒"),
    ],
)
def test_what_was_chosen_stays_when_it_is_refused(
    member: TestClient, wrong: dict[str, str], said: str
) -> None:
    answer = member.post("/account/notices", data={"daily": ["booking"], **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert re.search(r'name="daily" value="booking" checked', answer.text)
