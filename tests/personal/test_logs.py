"""Logs hold numbers of people, never their names, addresses or what they typed."""

import logging

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.accounts.actions.create_user import Newcomer, create_user
from booking.db.outside import Outside
from booking.db.transactions import unit_of_work
from booking.notifications.jobs import deliver_letters
from booking.wiring import REACTIONS
from tests.factories.accounts import CHEAP, PASSWORD, be, make_member, make_user, open_session
from tests.factories.door import Write
from tests.factories.organisations import LONG_AGO, make_organisation
from tests.support.clock import FrozenClock
from tests.support.post import Post

EMAIL, GUEST = "hushed-owner@hushed.example", "hushed-guest@hushed.example"
NAME, PHONE = "秘人甲", "13912345678"
WORDS = (EMAIL, NAME, PHONE, GUEST, PASSWORD)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every line with its traceback, as a handler writes it."""
    as_written = logging.Formatter("%(name)s %(message)s")
    return "\n".join(
        as_written.format(record)
        for record in caplog.records
        # Not ours: the browser of the test, on its own side.
        if not record.name.startswith("httpx")
    )


def named_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [word for word in WORDS if word in logged(caplog)]


def test_what_people_do_is_logged_without_them(
    client: TestClient, post: Post, write: Write, clock: FrozenClock, engine: Engine, caplog
) -> None:
    with write() as uow:
        company = make_organisation(uow).key
        admin = make_member(uow, company, Role.COMPANY_ADMIN)
        make_user(uow, email=EMAIL, name=NAME)
        secret = open_session(uow, admin, now=clock.now())
    with caplog.at_level(logging.DEBUG):
        client.post("/sign-in", data={"email": EMAIL, "password": "wrong"})
        client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
        client.post("/account", data={"name": NAME, "phone": PHONE, "locale": "zh_CN"})
        client.post("/password/forgotten", data={"email": EMAIL})
        client.cookies.clear()
        be(client, secret).get(f"/organisations/{company}/members?q={NAME}")
        guest = {"guest": GUEST, "guest_role": "company_member"}
        invited = client.post(f"/organisations/{company}/invitations", data=guest)
        # Nobody listens there: what goes wrong is logged.
        away = SecretStr("smtp://127.0.0.1:9")
        nobody = post.settings.model_copy(update={"mail_url": away})
        sent = deliver_letters(Outside(engine, REACTIONS, nobody), clock.now())
    assert invited.status_code == 303
    assert sent.failures
    assert "not sent" in logged(caplog)
    assert named_in(caplog) == []


def twice(engine: Engine) -> None:
    """What the database refuses with a word about it: the same address again."""
    with unit_of_work(engine, REACTIONS) as uow:
        newcomer = Newcomer(email=EMAIL, name=NAME, password=None)
        create_user(uow, newcomer, passwords=CHEAP, actor=HOUSE, now=LONG_AGO)
        uow.session.execute(
            sa.text("INSERT INTO person (email, name, active) VALUES (:email, :name, true)"),
            {"email": EMAIL, "name": NAME},
        )


def test_an_error_of_the_database_tells_no_values(engine: Engine, caplog) -> None:
    log = logging.getLogger("booking.web")
    try:
        twice(engine)
    except sa.exc.IntegrityError:
        log.exception("as a request that fails is logged")
    assert "IntegrityError" in logged(caplog)
    assert named_in(caplog) == []
