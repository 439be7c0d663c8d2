"""A forgotten password, from the link under the form to signing in with a new one."""

from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.accounts.models import MailedLink
from booking.accounts.queries.people import user_for_update
from booking.accounts.rules import LINK_LIFE, MOST_LINKS
from tests.factories.accounts import PASSWORD, be, bearer, make_user, open_session, shut
from tests.factories.door import Write
from tests.factories.organisations import make_organisation

EMAIL = "owner@example.com"
NEW = "three-quiet-microscopes"


@pytest.fixture
def owner(write: Write) -> int:
    with write() as uow:
        grant = Grant(Role.COMPANY_MEMBER, make_organisation(uow).key)
        return make_user(uow, grant, email=EMAIL).key


def ask(client: TestClient, email: str = EMAIL) -> str:
    answer = client.post("/password/forgotten", data={"email": email})
    assert answer.status_code == 200
    return answer.text


def choose(client: TestClient, password: str = NEW) -> int:
    return client.post("/password/new", data={"new_password": password}).status_code


def signs_in(client: TestClient, password: str) -> bool:
    answer = client.post("/sign-in", data={"email": EMAIL, "password": password})
    return answer.status_code == 303


def test_the_owner_chooses_a_new_password_by_the_link_in_a_letter(client, owner, post) -> None:
    ask(client, " Owner@Example.COM ")
    followed = client.get(post.link(to=EMAIL))
    assert (followed.status_code, followed.headers["location"]) == (303, "/password/new")
    assert EMAIL in client.get("/password/new").text
    assert choose(client) == 303
    assert signs_in(client, NEW)
    assert not signs_in(TestClient(client.app, follow_redirects=False), PASSWORD)


def test_whether_there_is_an_account_is_told_to_nobody(client, owner, post) -> None:
    known = ask(client, EMAIL)
    unknown = ask(client, "nobody@example.com")
    assert known.replace(EMAIL, "") == unknown.replace("nobody@example.com", "")
    assert post.letters(to="nobody@example.com") == []


def test_a_link_opens_once(client, owner, post) -> None:
    ask(client)
    link = post.link(to=EMAIL)
    client.get(link)
    assert choose(client) == 303
    client.get(link)
    assert choose(client, "another-good-password") == 409
    assert signs_in(client, NEW)


def test_using_one_link_ends_the_others(client, owner, post) -> None:
    ask(client)
    first = post.link(to=EMAIL)
    ask(client)
    client.get(post.link(to=EMAIL))
    assert choose(client) == 303
    client.get(first)
    assert client.get("/password/new").status_code == 409


def test_a_link_ends_after_an_hour(client, owner, post, clock) -> None:
    ask(client)
    client.get(post.link(to=EMAIL))
    clock.advance(seconds=LINK_LIFE.total_seconds())
    assert client.get("/password/new").status_code == 409
    assert choose(client) == 409


@pytest.mark.parametrize("token", ["x", "MQ.forged", "1", "%00"])
def test_a_forged_link_opens_nothing(client, owner, post, token) -> None:
    assert client.get(f"/links/password/{token}").status_code in {404, 409}
    client.cookies.set("link", f"password/{token}")
    assert choose(client) == 409


def test_without_following_a_link_nothing_opens(client, owner, post) -> None:
    ask(client)
    assert client.get("/password/new").status_code == 409
    assert choose(client) == 409


def test_every_session_ends_and_the_owner_is_told(client, owner, post, write, clock) -> None:
    with write() as uow:
        secret = open_session(uow, user_for_update(uow.session, owner), now=clock.now())
    elsewhere = be(TestClient(client.app, follow_redirects=False), secret)
    assert elsewhere.get("/account").status_code == 200
    ask(client)
    client.get(post.link(to=EMAIL))
    choose(client)
    assert elsewhere.get("/account").status_code == 303
    assert post.letters(to=EMAIL)[-1]["Subject"] == "您的密码已修改"


def test_a_poor_password_is_refused_and_the_link_still_opens(client, owner, post) -> None:
    ask(client)
    client.get(post.link(to=EMAIL))
    assert choose(client, "short") == 422
    assert choose(client, NEW) == 303


def test_a_closed_account_gets_no_letter_and_its_link_stops(client, owner, post, write) -> None:
    ask(client)
    client.get(post.link(to=EMAIL))
    with write() as uow:
        shut(uow, owner)
    assert choose(client) == 409
    ask(client)
    with write() as uow:
        assert len(uow.session.exec(select(MailedLink)).all()) == 1


def test_a_mailbox_is_not_flooded(client, owner, post, clock) -> None:
    for _ in range(MOST_LINKS + 3):
        ask(client)
    assert len(post.letters(to=EMAIL)) == MOST_LINKS
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    ask(client)
    assert len(post.letters(to=EMAIL)) == MOST_LINKS + 1


def test_a_centre_without_letters_says_who_helps(client, owner) -> None:
    page = client.get("/password/forgotten")
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main", 1)[1].split("</main>")[0]
    assert client.post("/password/forgotten", data={"email": EMAIL}).status_code == 409


def test_an_account_made_by_somebody_else_is_its_owners_alone_afterwards(
    client, owner, post, write, clock
) -> None:
    """Whoever made it knew its password, and may have left a token behind."""
    with write() as uow:
        maker = user_for_update(uow.session, owner)
        token = bearer(uow, maker, now=clock.now())
    assert client.get("/api/v1/me", headers=token).status_code == 200
    ask(client)
    client.get(post.link(to=EMAIL))
    choose(client)
    assert client.get("/api/v1/me", headers=token).status_code == 401
    with write() as uow:
        kept = bearer(uow, user_for_update(uow.session, owner), now=clock.now())
    clock.advance(hours=2)
    ask(client)
    client.get(post.link(to=EMAIL))
    choose(client, "another-good-password")
    assert client.get("/api/v1/me", headers=kept).status_code == 200
