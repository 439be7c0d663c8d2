"""Two deeds about one account at the same moment: the second knows what the first has done."""

from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.engine import Engine
from sqlmodel import col, select

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.accounts.actions.delegate import Absence, delegate
from booking.accounts.actions.grant_role import revoke_role
from booking.accounts.actions.reset_password import Chosen, ask_for_link, reset_password
from booking.accounts.actions.sign_in import Arrival, Browser, NewSession, sign_in
from booking.accounts.actions.sign_in_by_provider import sign_in_by_provider
from booking.accounts.errors import NoColleague, WrongCredentials
from booking.accounts.identity import Claim, prove
from booking.accounts.models import Credential, Delegation, MailedLink
from booking.accounts.providers.local import Passwords
from booking.accounts.providers.oidc import Told
from booking.accounts.queries.people import roles_of, user_for_update
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import BookingError, NotFound
from tests.factories.accounts import CHEAP, PASSWORD, make_member, make_user
from tests.factories.door import EMAIL, HOME, Door, Write
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock
from tests.support.overtaking import overtaken

DEARER = Passwords(PasswordHash((Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1),)))


def test_a_password_just_chosen_by_letter_survives_the_first_sign_in_by_the_provider(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        make_user(uow, email=EMAIL)
        ask_for_link(uow, EMAIL, now=clock.now())
        link_id = uow.session.exec(select(MailedLink)).one().key
    told = Told("https://id.example.com", "s-1", EMAIL, email_verified=True, strong=True, next="")
    arrival = Arrival(0, "203.0.113.7", Browser(), timedelta(hours=12))
    overtaken(
        engine,
        lambda uow: reset_password(
            uow, link_id, Chosen("three-quiet-microscopes", "hash"), now=clock.now()
        ),
        lambda uow: sign_in_by_provider(uow, told, arrival, now=clock.now()),
    )
    with write() as uow:
        assert uow.session.exec(select(Credential.password_hash)).all() == ["hash"]


def test_nobody_stands_in_who_leaves_at_that_moment(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        company = make_organisation(uow).key
        admin = make_member(uow, company, Role.COMPANY_ADMIN)
        giver, leaver = make_member(uow, company), make_member(uow, company)
        (held,), (ending,) = roles_of(uow.session, [giver.id]), roles_of(uow.session, [leaver.id])
    today = local(clock.now()).date()
    absence = Absence(
        membership_id=held.membership_id, email=leaver.email, first=today, last=today, reason="休假"
    )

    def lends(uow: UnitOfWork) -> BookingError | None:
        try:
            delegate(uow, absence, actor=giver, now=clock.now())
        except NoColleague as refused:
            return refused
        return None

    def leaves(uow: UnitOfWork) -> None:
        revoke_role(uow, ending.membership_id, actor=admin, now=clock.now())

    overtaken(engine, lends, leaves)
    with write() as uow:
        running = select(Delegation).where(col(Delegation.revoked_at).is_(None))
        assert uow.session.exec(running).all() == []


def test_no_role_is_lent_that_is_taken_at_that_moment(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        company = make_organisation(uow).key
        admin = make_member(uow, company, Role.COMPANY_ADMIN)
        giver, other = make_member(uow, company), make_member(uow, company)
        (held,) = roles_of(uow.session, [giver.id])
    today = local(clock.now()).date()
    absence = Absence(
        membership_id=held.membership_id, email=other.email, first=today, last=today, reason="休假"
    )

    def lends(uow: UnitOfWork) -> None:
        try:
            delegate(uow, absence, actor=giver, now=clock.now())
        except NotFound:
            return

    overtaken(
        engine,
        lambda uow: revoke_role(uow, held.membership_id, actor=admin, now=clock.now()),
        lends,
    )
    with write() as uow:
        assert uow.session.exec(select(Delegation)).all() == []


def test_two_who_stand_in_for_each_other_at_once_both_do(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        company = make_organisation(uow).key
        one, other = make_member(uow, company), make_member(uow, company)
        held = {row.user_id: row.membership_id for row in roles_of(uow.session, [one.id, other.id])}
    today = local(clock.now()).date()

    def lends(uow: UnitOfWork, giver: Actor, to: Actor) -> None:
        absence = Absence(
            membership_id=held[giver.id], email=to.email, first=today, last=today, reason="休假"
        )
        delegate(uow, absence, actor=giver, now=clock.now())

    overtaken(
        engine,
        lambda uow: user_for_update(uow.session, one.id),
        lambda uow: lends(uow, other, one),
        then=lambda uow: lends(uow, one, other),
    )
    with write() as uow:
        assert len(uow.session.exec(select(Delegation)).all()) == 2


@pytest.mark.parametrize("passwords", [CHEAP, DEARER])
def test_a_password_that_is_replaced_while_it_is_checked_opens_nothing(
    door: Door, write: Write, passwords: Passwords
) -> None:
    now = door.clock.now()
    proof = prove(door.engine, Claim(EMAIL, PASSWORD, HOME), passwords=passwords, now=now)
    with write() as uow:
        ask_for_link(uow, EMAIL, now=now)
        link_id = uow.session.exec(select(MailedLink)).one().key
        text = "three-quiet-microscopes"
        reset_password(uow, link_id, Chosen(text, CHEAP.hashed(text)), now=now)
    with write() as uow:
        told = sign_in(uow, proof, browser=Browser(), now=now, lifetime=timedelta(hours=12))
    assert isinstance(told, WrongCredentials)
    assert isinstance(door.knock(text), NewSession)


def test_a_session_that_is_opened_while_the_password_is_replaced_ends_with_it(
    door: Door, write: Write
) -> None:
    now, lifetime = door.clock.now(), timedelta(hours=12)
    with write() as uow:
        ask_for_link(uow, EMAIL, now=now)
        link_id = uow.session.exec(select(MailedLink)).one().key
    proof = prove(door.engine, Claim(EMAIL, PASSWORD, HOME), passwords=CHEAP, now=now)
    chosen = Chosen("three-quiet-microscopes", "hash")
    told = overtaken(
        door.engine,
        lambda uow: reset_password(uow, link_id, chosen, now=now),
        lambda uow: sign_in(uow, proof, browser=Browser(), now=now, lifetime=lifetime),
    )
    assert isinstance(told, WrongCredentials)


def test_two_who_have_a_dated_hash_replaced_at_once_both_get_in(door: Door) -> None:
    now, lifetime = door.clock.now(), timedelta(hours=12)
    claim = Claim(EMAIL, PASSWORD, HOME)
    proofs = [prove(door.engine, claim, passwords=DEARER, now=now) for _ in range(2)]
    second = overtaken(
        door.engine,
        lambda uow: sign_in(uow, proofs[0], browser=Browser(), now=now, lifetime=lifetime),
        lambda uow: sign_in(uow, proofs[1], browser=Browser(), now=now, lifetime=lifetime),
    )
    assert isinstance(second, NewSession)
