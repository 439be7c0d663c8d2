"""Everybody gets what is kept of them as a file, in person, and nothing of anybody else."""

import json

from starlette.testclient import TestClient

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.accounts.actions.change_profile import ProfileCard, change_profile
from booking.accounts.actions.make_token import TokenWish, make_own_token
from tests.factories.accounts import be, bearer, make_actor, open_session
from tests.factories.door import Write
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import FrozenClock, moment

NOW = moment("2026-11-23T09:00")
PHONE = "13900001234"
PURPOSE = "断口形貌"
AGENT = "Mozilla/5.0 Firefox/140.0"


def someone(write: Write, clock: FrozenClock) -> tuple[Actor, str]:
    """A member with a booking, a telephone, a token and a browser."""
    with write() as uow:
        scene = make_scene(uow)
        make_reservation(uow, scene, now=NOW, purpose=PURPOSE)
        card = ProfileCard(name="实验员乙", locale="zh_CN", phone=PHONE)
        change_profile(uow, card, actor=scene.member, now=NOW)
        make_own_token(uow, TokenWish(name="脚本"), actor=scene.member, now=NOW)
        secret = open_session(uow, scene.member, now=clock.now(), agent=AGENT)
    return scene.member, secret


def test_what_is_kept_of_somebody_is_theirs_to_take(client: TestClient, write, clock) -> None:
    member, secret = someone(write, clock)
    answer = be(client, secret).get("/account/data.json")
    assert answer.headers["content-disposition"].startswith("attachment;")
    told = json.loads(answer.text)
    kept = told["kept"]
    assert told["person"] == member.id
    (profile,) = kept["profile"]["person"]
    assert (profile["name"], profile["phone"], profile["email"]) == (
        "实验员乙",
        PHONE,
        member.email,
    )
    assert [row["purpose"] for row in kept["bookings"]["reservation"]] == [PURPOSE]
    assert [row["name"] for row in kept["secrets"]["api_token"]] == ["脚本"]
    assert [row["agent"] for row in kept["traces"]["login_session"]] == [AGENT]
    assert [row["role"] for row in kept["roles"]["membership"]] == ["company_member"]
    trail = kept["trail"]["audit_entry"]
    assert {(row["name"], row["actor_id"] == member.id) for row in trail} >= {
        ("user.profile_changed", True),
        ("user.role_granted", False),
    }


def test_nothing_of_a_colleague_is_in_it(client: TestClient, write, clock) -> None:
    member, _ = someone(write, clock)
    with write() as uow:
        grant = Grant(Role.COMPANY_MEMBER, next(iter(member.organisation_ids)))
        colleague = make_actor(uow, grant, name="实验员丙")
        secret = open_session(uow, colleague, now=clock.now())
    told = be(client, secret).get("/account/data.json").text
    assert colleague.email in told
    for theirs in (member.email, PHONE, PURPOSE, AGENT, "脚本", "实验员乙"):
        assert theirs not in told


def test_a_program_gets_it_not(client: TestClient, write, clock) -> None:
    member, _ = someone(write, clock)
    with write() as uow:
        headers = bearer(uow, member, now=clock.now())
    assert client.get("/account/data.json", headers=headers).status_code == 403


def test_the_page_says_what_is_kept_to_everybody(client: TestClient) -> None:
    page = client.get("/privacy")
    assert page.status_code == 200
    assert "账号注销 180 天后删除" in page.text
    english = client.get("/privacy", headers={"accept-language": "en"})
    assert "Deleted 180 days after" in english.text
