"""Accounts are closed by their owners, by the centre and by the clock, and opened again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from starlette.testclient import TestClient

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.roles import Role
from booking.accounts.actions.close_account import (
    close_account,
    close_own_account,
    close_unused,
    reopen_account,
)
from booking.accounts.actions.grant_role import grant_role
from booking.accounts.errors import Closed, StillInPlaces
from booking.accounts.models import User
from booking.accounts.queries.actors import actor_by_id, actor_of_session
from booking.accounts.queries.departures import roles_left
from booking.accounts.queries.people import user_for_update
from booking.accounts.rules import ANONYMISED_AFTER, CLOSED_UNUSED_AFTER, digest_of
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.kernel.errors import BookingError, Forbidden, NotFound
from booking.notifications.models import OutboxMessage
from booking.wiring import REACTIONS
from tests.factories.accounts import (
    PASSWORD,
    be,
    bearer,
    make_actor,
    make_member,
    make_staff,
    make_user,
    open_session,
)
from tests.factories.door import Write
from tests.factories.organisations import LONG_AGO, make_organisation
from tests.support.clock import FrozenClock, moment

NOW = moment("2026-11-23T09:00")
WHY = "本人电话申请"


def outsider(uow: UnitOfWork) -> Actor:
    """Somebody without any role."""
    return make_actor(uow)


def test_a_closed_account_opens_nothing(uow) -> None:
    owner = outsider(uow)
    secret = open_session(uow, owner, now=NOW)
    close_own_account(uow, actor=owner, now=NOW)
    assert actor_of_session(uow.session, digest_of(secret), NOW) is None
    user = user_for_update(uow.session, owner.id)
    assert (user.active, user.closed_at) == (False, NOW)


def test_whoever_belongs_somewhere_leaves_first(uow) -> None:
    member = make_member(uow, make_organisation(uow).key)
    with pytest.raises(StillInPlaces):
        close_own_account(uow, actor=member, now=NOW)


def test_a_program_closes_nothing(client: TestClient, write, clock) -> None:
    with write() as uow:
        member = make_member(uow, make_organisation(uow).key)
        headers = bearer(uow, member, now=clock.now())
    assert client.post("/account/closure", headers=headers).status_code == 403


def test_the_owner_is_told_until_when_there_is_a_way_back(uow) -> None:
    owner = outsider(uow)
    close_own_account(uow, actor=owner, now=NOW)
    letter = uow.session.exec(
        select(OutboxMessage).where(OutboxMessage.fact == "account_closed")
    ).one()
    assert letter.email == owner.email
    assert letter.params["until_at"] == (NOW + ANONYMISED_AFTER).isoformat()


def test_the_centre_closes_and_opens_again(uow) -> None:
    centre, owner = make_staff(uow), outsider(uow)
    close_account(uow, owner.id, WHY, actor=centre, now=NOW)
    with pytest.raises(NotFound):
        close_account(uow, owner.id, WHY, actor=centre, now=NOW)
    reopen_account(uow, owner.id, WHY, actor=centre, now=NOW)
    assert user_for_update(uow.session, owner.id).active
    with pytest.raises(NotFound):
        reopen_account(uow, owner.id, WHY, actor=centre, now=NOW)
    told = uow.session.exec(select(AuditEntry).where(AuditEntry.subject == f"user:{owner.id}"))
    assert [(one.name, one.actor_id, one.cause) for one in told if one.cause] == [
        ("user.closed", centre.id, WHY),
        ("user.reopened", centre.id, WHY),
    ]


@pytest.mark.parametrize("deed", [close_account, reopen_account])
def test_nobody_but_the_centre_closes_the_account_of_another(uow, deed) -> None:
    company_admin = make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN)
    with pytest.raises(Forbidden):
        deed(uow, outsider(uow).id, WHY, actor=company_admin, now=NOW)


def test_a_closed_account_is_given_no_role(uow) -> None:
    owner = outsider(uow)
    close_own_account(uow, actor=owner, now=NOW)
    grant = Grant(Role.COMPANY_MEMBER, make_organisation(uow).key)
    with pytest.raises(Closed):
        grant_role(uow, owner.id, grant, actor=HOUSE, now=NOW)


@pytest.mark.parametrize(
    ("user", "since_seen", "closed"),
    [
        ("outsider", None, True),
        ("outsider", timedelta(days=364), False),
        ("outsider", timedelta(days=365), True),
        ("member", None, False),
    ],
)
def test_the_clock_closes_what_nobody_uses(uow, user, since_seen, closed) -> None:
    now = LONG_AGO + CLOSED_UNUSED_AFTER + timedelta(days=400)
    who = outsider(uow) if user == "outsider" else make_member(uow, make_organisation(uow).key)
    if since_seen is not None:
        open_session(uow, who, now=now - since_seen)
    close_unused(uow, now=now)
    assert user_for_update(uow.session, who.id).active is not closed


def test_a_young_account_waits_for_its_first_role(uow) -> None:
    owner = outsider(uow)
    close_unused(uow, now=LONG_AGO + CLOSED_UNUSED_AFTER - timedelta(days=1))
    assert user_for_update(uow.session, owner.id).active


def test_the_database_knows_no_closed_account_that_is_active(uow) -> None:
    user_for_update(uow.session, outsider(uow).id).closed_at = NOW
    with pytest.raises(IntegrityError):
        uow.session.flush()


@pytest.mark.race
@pytest.mark.parametrize("turn", range(4))
def test_of_a_role_and_a_closing_at_once_one_is_refused(
    engine: Engine, write: Write, turn: int
) -> None:
    with write() as uow:
        owner, place = outsider(uow), make_organisation(uow).key

    def give(uow: UnitOfWork) -> None:
        grant_role(uow, owner.id, Grant(Role.COMPANY_MEMBER, place), actor=HOUSE, now=NOW)

    def close(uow: UnitOfWork) -> None:
        close_own_account(uow, actor=owner, now=NOW)

    def outcome(deed) -> str:
        try:
            with unit_of_work(engine, REACTIONS) as uow:
                deed(uow)
        except BookingError as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(outcome, (give, close) if turn % 2 else (close, give)))
    assert outcomes in (["account.closed", "done"], ["account.still_in_places", "done"])
    with write() as uow:
        active = uow.session.get_one(User, owner.id).active
        assert active == bool(roles_left(uow.session, owner.id))


def test_the_pages_close_and_open(client: TestClient, write, clock: FrozenClock) -> None:
    with write() as uow:
        owner, centre = make_user(uow), make_staff(uow)
        secret = open_session(uow, owner, now=clock.now())
        desk = open_session(uow, centre, now=clock.now())
    assert "注销我的账号" in be(client, secret).get("/account").text
    closed = client.post("/account/closure", follow_redirects=False)
    assert closed.status_code == 303
    told = {"email": owner.email, "password": PASSWORD}
    client.cookies.clear()
    assert client.post("/sign-in", data=told, follow_redirects=False).status_code == 401
    people = be(client, desk).get(f"/people?q={owner.email}").text
    assert "恢复账号" in people
    client.post(f"/people/{owner.key}/reopening", data={"reason": WHY})
    client.cookies.clear()
    assert client.post("/sign-in", data=told, follow_redirects=False).status_code == 303
    with write() as uow:
        assert actor_by_id(uow.session, owner.key).grants == ()
