"""Tokens end: in time, with a letter before, by an administrator, with their owner's last role."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from booking.access.roles import Role
from booking.accounts.actions.grant_role import revoke_role
from booking.accounts.actions.make_token import (
    TokenWish,
    make_token,
    revoke_token_of_member,
)
from booking.accounts.jobs import warn_of_token_ends
from booking.accounts.models import Membership
from booking.accounts.queries.actors import actor_of_token
from booking.accounts.queries.sign_ins import tokens_of_members
from booking.accounts.rules import digest_of
from booking.kernel.errors import Forbidden, NotFound
from booking.notifications.models import OutboxMessage
from tests.factories.accounts import (
    be,
    make_lab_person,
    make_member,
    make_staff,
    open_session,
)
from tests.factories.organisations import make_lab, make_organisation

WISH = TokenWish(name="实验室系统")


def letters(uow) -> list[str]:
    wanted = select(OutboxMessage).where(col(OutboxMessage.fact) == "token_expiring")
    return [letter.email for letter in uow.session.exec(wanted)]


def test_its_owner_is_told_once_a_week_before(uow, clock):
    owner = make_member(uow, make_organisation(uow).key)
    ends = make_token(uow, owner.id, WISH, actor_id=owner.id, now=clock.now()).expires_at
    assert warn_of_token_ends(uow, ends - timedelta(days=7, seconds=1)) == 0
    assert warn_of_token_ends(uow, ends - timedelta(days=7)) == 1
    assert warn_of_token_ends(uow, ends - timedelta(days=6)) == 0
    assert letters(uow) == [owner.email]


def test_a_clock_that_stood_still_warns_late_but_not_of_what_is_over(uow, clock):
    owner = make_member(uow, make_organisation(uow).key)
    made = make_token(uow, owner.id, WISH, actor_id=owner.id, now=clock.now())
    assert warn_of_token_ends(uow, made.expires_at) == 0
    assert warn_of_token_ends(uow, made.expires_at - timedelta(hours=1)) == 1


def test_one_for_a_few_days_is_announced_to_nobody(uow, clock):
    owner = make_member(uow, make_organisation(uow).key)
    wish = TokenWish(name="短期", lifetime=timedelta(days=3))
    make_token(uow, owner.id, wish, actor_id=owner.id, now=clock.now())
    assert warn_of_token_ends(uow, clock.now()) == 0


def test_with_its_owners_last_role_it_opens_nothing(uow, clock):
    owner = make_member(uow, make_organisation(uow).key)
    token = make_token(uow, owner.id, WISH, actor_id=owner.id, now=clock.now()).token
    assert actor_of_token(uow.session, digest_of(token), clock.now()) is not None
    role = uow.session.exec(select(Membership).where(col(Membership.user_id) == owner.id)).one()
    revoke_role(uow, role.key, actor=make_staff(uow), now=clock.now())
    assert actor_of_token(uow.session, digest_of(token), clock.now()) is None


def test_an_administrator_sees_and_closes_the_tokens_of_members_and_of_nobody_else(uow, clock):
    lab = make_lab(uow)
    place, now = lab.organisation_id, clock.now()
    admin = make_member(uow, place, Role.COMPANY_ADMIN)
    member, stranger = make_member(uow, place), make_member(uow, make_organisation(uow).key)
    mine, theirs = (
        make_token(uow, one.id, WISH, actor_id=one.id, now=now) for one in (member, stranger)
    )
    assert [row.id for row in tokens_of_members(uow.session, place, now)] == [mine.id]
    with pytest.raises(NotFound):
        revoke_token_of_member(uow, place, theirs.id, actor=admin, now=now)
    for nobody in (member, stranger, make_lab_person(uow, lab.key)):
        with pytest.raises(Forbidden):
            revoke_token_of_member(uow, place, mine.id, actor=nobody, now=now)
    revoke_token_of_member(uow, place, mine.id, actor=admin, now=now)
    assert actor_of_token(uow.session, digest_of(mine.token), now) is None
    assert tokens_of_members(uow.session, place, now) == []


def test_how_long_it_lives_is_chosen_and_at_most_a_year(client, write, clock):
    with write() as uow:
        owner = make_member(uow, make_organisation(uow).key)
        be(client, open_session(uow, owner, now=clock.now()))
    told = {"token_name": "系统", "days": "30"}
    assert client.post("/account/tokens", data=told).status_code == 201
    assert client.post("/account/tokens", data={**told, "days": "366"}).status_code == 422
    with write() as uow:
        found = tokens_of_members(uow.session, next(iter(owner.organisation_ids)), clock.now())
    assert [row.expires_at - clock.now() for row in found] == [timedelta(days=30)]
