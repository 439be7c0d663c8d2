"""A secret that has ended opens nothing, in whichever way it ended.

A token that its owner revokes, a session that is planted, signed out or ended by a new password or
role: `tests/accounts`.
"""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.accounts.models import ApiToken, User
from booking.db.transactions import UnitOfWork
from booking.web.sessions import COOKIE
from tests.conftest import Write
from tests.factories.accounts import bearer, make_user, open_session
from tests.factories.organisations import LONG_AGO
from tests.support.clock import FrozenClock

End = Callable[[UnitOfWork, FrozenClock], object]


def revoked(uow: UnitOfWork, clock: FrozenClock) -> None:
    uow.session.execute(sa.update(ApiToken).values(revoked_at=clock.now()))


def closed(uow: UnitOfWork, clock: FrozenClock) -> None:
    uow.session.execute(sa.update(User).values(active=False, closed_at=LONG_AGO))


def expired(uow: UnitOfWork, clock: FrozenClock) -> None:
    clock.advance(days=91)


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("token", revoked),
        ("token", closed),
        ("token", expired),
        ("session", closed),
        ("session", expired),
    ],
)
def test_what_has_ended_opens_nothing(
    client: TestClient, write: Write, clock: FrozenClock, kind: str, end: End
) -> None:
    with write() as uow:
        owner = make_user(uow, Grant(Role.CENTRE_ADMIN))
        token = bearer(uow, owner, now=clock.now())
        cookie = {"cookie": f"{COOKIE}={open_session(uow, owner, now=clock.now())}"}
    headers = token if kind == "token" else cookie
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    with write() as uow:
        end(uow, clock)
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    both = {**headers, "x-forwarded-user": "admin", "x-original-url": "/api/v1/me"}
    assert client.get("/api/v1/me", headers=both).status_code == 401
