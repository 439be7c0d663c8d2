"""Locked statements stand in one chain: nobody changes, removes or slips one in unseen."""

from datetime import date
from threading import Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from booking.checking.report import broken
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import lock, lock_settlement, withdraw
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import SnapshotBroken
from booking.subsidies.jobs import prove_statements
from booking.subsidies.models.chain import StatementChain, StatementLink
from booking.subsidies.models.statement import Statement, StatementSnapshot
from booking.subsidies.queries.chain import links, noted_end
from booking.subsidies.rules.chain import ORIGIN, ChainEnd, Link, broken_links, link_hash, sealed
from booking.subsidies.rules.document import digest, parsed
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment

NOW = moment("2026-11-02T09:00")


def october(uow, companies: int = 3) -> list[str]:
    """Drafts of October, by number."""
    make_programme(uow, programme())
    for _ in range(companies):
        settled_use(uow, make_company(uow))
    view = settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
    return [row.number for row in view.statements]


def chain_of(uow) -> list[StatementLink]:
    found = uow.session.exec(select(StatementLink).order_by(col(StatementLink.position)))
    return list(found.all())


def test_each_locked_statement_stands_on_the_one_before_in_the_order_of_locking(uow):
    first, second, third = october(uow)
    for number in (second, first, third):
        lock(uow, number, actor_id=None, now=NOW)
    chain = list(links(uow.session))
    assert [link.statement for link in chain] == [second, first, third]
    assert [link.previous for link in chain] == [ORIGIN, chain[0].hash, chain[1].hash]
    assert noted_end(uow.session) == ChainEnd(3, chain[2].hash)
    assert prove_statements(uow, NOW) == 3


def test_a_document_says_where_it_stands_and_when_it_was_locked(uow):
    october(uow, companies=2)
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    asked = select(StatementSnapshot.content).order_by(col(StatementSnapshot.id))
    told = [parsed(content)["locked"] for content in uow.session.exec(asked)]
    before = chain_of(uow)[0].hash
    assert told == [
        {"on": "2026-11-02", "position": 1, "previous": ORIGIN},
        {"on": "2026-11-02", "position": 2, "previous": before},
    ]


def test_a_withdrawn_statement_keeps_its_place_and_gets_another(uow):
    (number,) = october(uow, companies=1)
    lock(uow, number, actor_id=None, now=NOW)
    withdraw(uow, number, "漏了一笔", actor_id=None, now=NOW)
    settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
    lock(uow, number, actor_id=None, now=NOW)
    assert [link.statement for link in links(uow.session)] == [number, number]
    assert prove_statements(uow, NOW) == 2


@pytest.mark.parametrize(
    "change",
    [
        sa.update(StatementLink).values(hash="0"),
        sa.delete(StatementLink),
        sa.insert(StatementLink).values(
            position=4, snapshot_id=1, previous=ORIGIN, hash="00"
        ),  # a second beginning
        sa.insert(StatementLink).values(
            position=9, snapshot_id=1, previous="11", hash="00"
        ),  # a gap
    ],
)
def test_the_database_refuses_to_change_the_chain_or_to_add_what_does_not_follow(uow, change):
    october(uow)
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    with pytest.raises(IntegrityError), uow.session.begin_nested():
        uow.session.execute(change)


def test_what_was_locked_before_there_was_a_chain_is_added_in_order(uow):
    first, second = october(uow, companies=2)
    lock(uow, first, actor_id=None, now=NOW)
    kept = uow.session.exec(select(StatementSnapshot)).one()
    old = StatementSnapshot(**{**kept.model_dump(exclude={"id"}), "revision": 7})
    uow.session.add(old)
    uow.session.flush()
    lock(uow, second, actor_id=None, now=NOW)
    assert [link.snapshot_id for link in chain_of(uow)][:2] == [kept.id, old.id]
    assert prove_statements(uow, NOW) == 3


# What keeps the chain from being lied to, taken away for the length of a test.
LETTING_LIES_IN = {
    "sqlite": [
        "PRAGMA defer_foreign_keys = ON",
        "DROP TRIGGER statement_snapshot_append_only_update",
        "DROP TRIGGER statement_snapshot_append_only_delete",
        "DROP TRIGGER statement_link_append_only_update",
        "DROP TRIGGER statement_link_append_only_delete",
    ],
    "postgresql": [
        "SET CONSTRAINTS ALL IMMEDIATE",
        "SET LOCAL session_replication_role = replica",
    ],
}
EMPTY = digest("{}")
SECOND = "(SELECT snapshot_id FROM statement_link WHERE position = 2)"


@pytest.mark.parametrize(
    "lies",
    [
        [f"UPDATE statement_snapshot SET content = content || ' ' WHERE id = {SECOND}"],
        [  # with its own hash made anew
            f"UPDATE statement_snapshot SET content = '{{}}' WHERE id = {SECOND}",
            f"UPDATE statement_snapshot SET sha256 = '{EMPTY}' WHERE id = {SECOND}",
        ],
        ["DELETE FROM statement_link WHERE position = 2"],
        ["DELETE FROM statement_link WHERE position = 3"],
        [f"DELETE FROM statement_snapshot WHERE id = {SECOND}"],
        ["UPDATE statement_chain SET position = 2"],
        ["DELETE FROM statement_chain"],
    ],
)
def test_whoever_goes_round_the_house_is_found_out(uow, lies):
    october(uow)
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    assert [found for found in broken(uow.session) if found.invariant == 5] == []
    for sql in LETTING_LIES_IN[uow.session.get_bind().dialect.name] + lies:
        uow.session.execute(sa.text(sql))
    assert "the chain of locked statements does not hold" in {
        found.name for found in broken(uow.session)
    }
    with pytest.raises((SnapshotBroken, IntegrityError)), uow.session.begin_nested():
        prove_statements(uow, NOW)


def test_two_who_lock_at_once_stand_one_behind_the_other(write, engine):
    with write() as uow:
        numbers = october(uow, companies=6)

    def lock_some(some: list[str]) -> None:
        with write() as uow:
            for number in some:
                lock(uow, number, actor_id=None, now=NOW)

    threads = [Thread(target=lock_some, args=(numbers[at::2],)) for at in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with write() as uow:
        assert sorted(link.statement for link in links(uow.session)) == numbers
        assert prove_statements(uow, NOW) == 6
        assert uow.session.exec(select(StatementChain)).one().position == 6
        assert {row.sha256 for row in uow.session.exec(select(Statement))} != {""}


def test_a_link_covers_its_document_and_everything_before():
    first = ChainEnd().then("aa")
    assert first == ChainEnd(1, link_hash(ORIGIN, "aa"))
    chain = [Link(1, "A", "aa", ORIGIN, first.hash)]
    chain.append(Link(2, "B", "bb", first.hash, first.then("bb").hash))
    end = first.then("bb")
    assert list(broken_links(chain, end)) == []
    forged = [Link(1, "A", "cc", ORIGIN, link_hash(ORIGIN, "cc")), chain[1]]
    assert [link.statement for link in broken_links(forged, end)] == ["B"]
    assert [link.position for link in broken_links(chain[:1], end)] == [2]


def test_a_document_that_is_sealed_says_the_same_otherwise():
    assert sealed({"number": "N"}, ChainEnd(4, "ff"), on=date(2026, 11, 2)) == {
        "number": "N",
        "locked": {"on": "2026-11-02", "position": 5, "previous": "ff"},
    }
