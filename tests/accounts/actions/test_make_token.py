"""API tokens: shown once, limited by scopes, dead when revoked or expired."""

from datetime import timedelta

import pytest

from booking.access.actor import Grant
from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.accounts.actions.make_token import TokenWish, make_token, revoke_token
from booking.accounts.errors import NotByToken, UnknownScope
from booking.accounts.models import ApiToken
from booking.accounts.queries.actors import Bearer, actor_by_id, actor_of_token
from booking.accounts.queries.sign_ins import tokens_of
from booking.accounts.rules import digest_of
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from tests.factories.accounts import make_actor, make_member
from tests.factories.organisations import LONG_AGO, make_organisation

READ = Permission.RESERVATION_READ


def behind(uow: UnitOfWork, token: str, *, later: timedelta = timedelta(0)) -> Bearer | None:
    return actor_of_token(uow.session, digest_of(token), LONG_AGO + later)


def test_a_token_acts_for_its_owner_within_its_scopes(uow: UnitOfWork) -> None:
    member = make_member(uow, make_organisation(uow).key)
    wish = TokenWish(name="LIMS", scopes=[READ.value, Permission.SETTLEMENT_APPROVE.value])
    made = make_token(uow, member.id, wish, actor_id=member.id, now=LONG_AGO)
    found = behind(uow, made.token)
    assert found is not None
    assert found.actor.id == member.id
    assert found.actor.permissions == {READ}


def test_a_token_without_scopes_may_what_its_owner_may_but_is_not_its_owner(
    uow: UnitOfWork,
) -> None:
    member = make_member(uow, make_organisation(uow).key)
    made = make_token(uow, member.id, TokenWish(name="all"), actor_id=member.id, now=LONG_AGO)
    found = behind(uow, made.token)
    assert found is not None
    assert found.actor.permissions == actor_by_id(uow.session, member.id).permissions
    assert not found.actor.in_person
    with pytest.raises(NotByToken):
        revoke_token(uow, made.id, actor=found.actor, now=LONG_AGO)


def test_an_empty_list_of_scopes_opens_nothing(uow: UnitOfWork) -> None:
    staff = make_actor(uow, Grant(Role.CENTRE_ADMIN))
    wish = TokenWish(name="none", scopes=[])
    made = make_token(uow, staff.id, wish, actor_id=staff.id, now=LONG_AGO)
    found = behind(uow, made.token)
    assert found is not None
    assert not found.actor.permissions


def test_the_table_does_not_hold_the_token(uow: UnitOfWork) -> None:
    made = make_token(uow, make_actor(uow).id, TokenWish(name="x"), actor_id=None, now=LONG_AGO)
    row = uow.session.get_one(ApiToken, made.id)
    assert made.token.startswith("ibk_")
    assert made.token not in str(row.model_dump())


def test_a_token_ends_by_itself(uow: UnitOfWork) -> None:
    wish = TokenWish(name="short", lifetime=timedelta(days=1))
    owner = make_member(uow, make_organisation(uow).key)
    made = make_token(uow, owner.id, wish, actor_id=None, now=LONG_AGO)
    assert behind(uow, made.token, later=timedelta(hours=23)) is not None
    assert behind(uow, made.token, later=timedelta(days=1)) is None


def test_a_revoked_token_opens_nothing_from_then_on(uow: UnitOfWork) -> None:
    owner = make_member(uow, make_organisation(uow).key)
    made = make_token(uow, owner.id, TokenWish(name="x"), actor_id=owner.id, now=LONG_AGO)
    assert behind(uow, made.token) is not None
    revoke_token(uow, made.id, actor=owner, now=LONG_AGO)
    assert behind(uow, made.token) is None
    assert not tokens_of(uow.session, owner.id, LONG_AGO)
    with pytest.raises(NotFound):
        revoke_token(uow, made.id, actor=owner, now=LONG_AGO)


def test_nobody_revokes_the_token_of_another(uow: UnitOfWork) -> None:
    owner, other = make_actor(uow), make_actor(uow)
    made = make_token(uow, owner.id, TokenWish(name="x"), actor_id=owner.id, now=LONG_AGO)
    with pytest.raises(NotFound):
        revoke_token(uow, made.id, actor=other, now=LONG_AGO)


def test_a_scope_that_does_not_exist_is_refused(uow: UnitOfWork) -> None:
    wish = TokenWish(name="x", scopes=["reservation:read", "moon:land"])
    with pytest.raises(UnknownScope) as refused:
        make_token(uow, make_actor(uow).id, wish, actor_id=None, now=LONG_AGO)
    assert refused.value.params == {"scopes": ["moon:land"]}


@pytest.mark.parametrize("secret", ["", "ibk_", "ibk_" + "A" * 43, "' OR 1=1 --"])
def test_a_made_up_token_is_nobody(uow: UnitOfWork, secret: str) -> None:
    assert behind(uow, secret) is None
