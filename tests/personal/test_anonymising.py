"""Half a year after an account was closed nothing in any table leads to its person."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.accounts.actions.anonymise import anonymise_closed
from booking.accounts.actions.close_account import close_own_account, reopen_account
from booking.accounts.actions.leave import Departure, leave
from booking.accounts.jobs import close_and_anonymise, forget_old_sign_ins
from booking.accounts.models import User
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.queries.people import user_for_update
from booking.accounts.rules import ANONYMISED_AFTER
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.notifications.jobs import forget_letters
from booking.notifications.models import OutboxMessage
from booking.subsidies.jobs import prove_statements
from booking.subsidies.models.statement import Statement
from tests.access.world.making import World, make_world
from tests.factories.accounts import make_actor, make_staff, open_session
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
LATER = NOW + ANONYMISED_AFTER


def texts_of(session: Session) -> dict[str, str]:
    """Everything that is written in any table, by table and column."""
    return {
        f"{table.name}.{column.name}": "\n".join(
            str(value) for value in session.execute(sa.select(column)).scalars()
        )
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if not isinstance(column.type, sa.Integer)
    }


def where(session: Session, words: set[str]) -> set[str]:
    return {
        f"{place}: {word}"
        for place, text in texts_of(session).items()
        for word in words
        if word in text
    }


@pytest.fixture
def world(uow: UnitOfWork) -> World:
    """Two people of a company, with everything that anybody can have, leave and close."""
    world = make_world(uow, now=NOW)
    ours = world.customers["ours"]
    heir = make_actor(uow, Grant(Role.COMPANY_ADMIN, ours.company.key), name="接手人")
    for person in (ours.member, ours.admin):
        leave(uow, Departure(person.id, ours.company.key, heir.id), actor=person, now=NOW)
        close_own_account(uow, actor=actor_by_id(uow.session, person.id), now=NOW)
    return world


def words_of(world: World) -> set[str]:
    marks = world.marks["ours"]
    return {
        marks[name] for name in ("person", "email", "admin_email", "phone", "browser", "address")
    }


@pytest.mark.slow
def test_no_table_knows_a_word_of_them_and_statements_stay(uow, world: World) -> None:
    statements = select(Statement.number, Statement.sha256, Statement.payable_fen)
    before = sorted(uow.session.exec(statements).all())
    assert {hit.split(": ")[1] for hit in where(uow.session, words_of(world))} == words_of(world)
    for job in (forget_old_sign_ins, forget_letters, close_and_anonymise):
        job(uow, LATER)
    assert where(uow.session, words_of(world)) == set()
    assert sorted(uow.session.exec(statements).all()) == before
    assert len(before) > 3
    prove_statements(uow, LATER)


def closed(uow: UnitOfWork) -> Actor:
    who = make_actor(uow, name="离职人")
    close_own_account(uow, actor=who, now=NOW)
    return who


@pytest.mark.parametrize(
    ("waited", "anonymous"),
    [(ANONYMISED_AFTER - timedelta(microseconds=1), False), (ANONYMISED_AFTER, True)],
)
def test_not_a_moment_before_its_time(uow, waited: timedelta, anonymous: bool) -> None:
    who = closed(uow)
    assert anonymise_closed(uow, now=NOW + waited) == int(anonymous)
    user = user_for_update(uow.session, who.id)
    assert (user.name == "离职人", user.email == who.email) == (not anonymous, not anonymous)
    assert (user.anonymised_at is not None) == anonymous


def test_it_happens_once(uow) -> None:
    closed(uow)
    assert [anonymise_closed(uow, now=LATER) for _ in range(2)] == [1, 0]
    told = select(AuditEntry).where(AuditEntry.name == "user.anonymised")
    assert len(uow.session.exec(told).all()) == 1


def test_whoever_came_back_stays_known(uow) -> None:
    who, centre = closed(uow), make_staff(uow)
    reopen_account(uow, who.id, "本人申请", actor=centre, now=NOW)
    assert anonymise_closed(uow, now=LATER) == 0
    assert user_for_update(uow.session, who.id).name == "离职人"


def test_nobody_comes_back_from_being_anonymous(uow) -> None:
    who, centre = closed(uow), make_staff(uow)
    anonymise_closed(uow, now=LATER)
    with pytest.raises(NotFound):
        reopen_account(uow, who.id, "本人申请", actor=centre, now=LATER)


def test_the_address_is_free_again_and_letters_to_it_are_gone(uow) -> None:
    who = closed(uow)
    anonymise_closed(uow, now=LATER)
    letters = select(OutboxMessage).where(OutboxMessage.email == who.email)
    assert uow.session.exec(letters).all() == []
    assert uow.session.exec(select(User).where(User.email == who.email)).all() == []


def test_two_anonymous_people_are_not_the_same(uow) -> None:
    ids = {closed(uow).id for _ in range(2)}
    open_session(uow, make_staff(uow), now=NOW)
    assert anonymise_closed(uow, now=LATER) == 2
    names = {user_for_update(uow.session, one).name for one in ids}
    assert len(names) == 2
