"""The trail is a chain: whatever is altered, removed or reordered is found and named."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from booking.audit.actions.chain_entries import chain_entries
from booking.audit.errors import ChainBroken
from booking.audit.jobs import prove_chain
from booking.audit.models import AuditEntry, AuditLink
from booking.audit.queries.chain import MAY_COME_LATE
from booking.audit.rules import ORIGIN, ChainFault, Link, chain_faults, link_hash
from booking.checking.report import broken
from booking.reservations.actions.cancel import cancel
from tests.factories.accounts import bearer
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def chain_of(texts: Sequence[str]) -> list[Link]:
    """An honest chain with an entry for each text."""
    made, previous = [], ORIGIN
    for position, text in enumerate(texts, 1):
        content = {"id": position * 10, "cause": text}
        previous = link_hash(previous, content)
        made.append(Link(position, position * 10, previous, content))
    return made


@given(st.lists(TEXTS, max_size=12))
def test_an_honest_chain_holds(texts: list[str]) -> None:
    assert list(chain_faults(chain_of(texts))) == []


@given(st.lists(TEXTS, min_size=1, max_size=12), TEXTS, st.data())
def test_an_altered_entry_is_named(texts: list[str], other: str, data: st.DataObject) -> None:
    links = chain_of(texts)
    at = data.draw(st.integers(0, len(links) - 1))
    forged = other + "!" if other == texts[at] else other
    links[at] = replace(links[at], content={**(links[at].content or {}), "cause": forged})
    assert list(chain_faults(links)) == [ChainFault("altered", at + 1, (at + 1) * 10)]


@given(st.lists(TEXTS, min_size=1, max_size=12), st.data())
def test_a_removed_entry_is_named(texts: list[str], data: st.DataObject) -> None:
    links = chain_of(texts)
    at = data.draw(st.integers(0, len(links) - 1))
    links[at] = replace(links[at], content=None)
    assert list(chain_faults(links)) == [ChainFault("removed", at + 1, (at + 1) * 10)]


@given(st.lists(TEXTS, min_size=2, max_size=12), st.data())
def test_a_removed_link_leaves_a_gap(texts: list[str], data: st.DataObject) -> None:
    links = chain_of(texts)
    at = data.draw(st.integers(0, len(links) - 2))
    del links[at]
    assert ChainFault("gap", at + 1, (at + 2) * 10) in list(chain_faults(links))


@given(st.lists(TEXTS, min_size=2, max_size=12), st.data())
def test_entries_that_changed_places_are_both_named(texts: list[str], data: st.DataObject) -> None:
    links = chain_of(texts)
    places = st.integers(0, len(links) - 1)
    one, other = data.draw(st.lists(places, min_size=2, max_size=2, unique=True))
    links[one], links[other] = (
        replace(links[other], position=one + 1),
        replace(links[one], position=other + 1),
    )
    found = {fault.entry_id for fault in chain_faults(links)}
    assert {(one + 1) * 10, (other + 1) * 10} <= found


# ── over a real trail ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def chained(uow):
    """A trail of some deeds, chained."""
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, made.number, actor=scene.member, now=MONDAY)
    uow.session.flush()
    assert chain_entries(uow) > 3
    return uow


def entry_ids(uow) -> list[int]:
    return list(uow.session.exec(select(AuditEntry.id).order_by(col(AuditEntry.id))))


def add_entry(uow, number: int) -> int:
    uow.session.add(AuditEntry(id=number, at=MONDAY, name="event", subject="test:1"))
    uow.session.flush()
    return number


def test_what_was_chained_is_left_and_what_is_new_follows(chained):
    assert chain_entries(chained) == 0
    make_reservation(chained, make_scene(chained), now=MONDAY)
    assert chain_entries(chained) > 0
    places = chained.session.exec(select(AuditLink.position).order_by(col(AuditLink.position)))
    assert list(places) == list(range(1, len(entry_ids(chained)) + 1))
    assert prove_chain(chained, MONDAY) == len(entry_ids(chained))


def test_an_entry_that_came_late_is_chained_all_the_same(chained):
    """Its number was given out before that of the last link's entry."""
    add_entry(chained, min(entry_ids(chained)) - 1)
    assert chain_entries(chained) == 1
    assert prove_chain(chained, MONDAY) == len(entry_ids(chained))


def test_an_entry_slipped_in_far_behind_is_found(chained):
    add_entry(chained, max(entry_ids(chained)) + MAY_COME_LATE + 1)
    chain_entries(chained)
    slipped = add_entry(chained, min(entry_ids(chained)) - 1)
    assert chain_entries(chained) == 0
    rows = [found.row for found in broken(chained.session) if "stayed out" in found.name]
    assert rows == [{"entry": slipped}]


DEFENCES = {
    "sqlite": [
        "DROP TRIGGER audit_entry_append_only_update",
        "DROP TRIGGER audit_entry_append_only_delete",
        "DROP TRIGGER audit_link_append_only_update",
        "DROP TRIGGER audit_link_append_only_delete",
    ],
    "postgresql": ["SET LOCAL session_replication_role = replica"],
}


@pytest.mark.parametrize(
    ("tampering", "what"),
    [
        ("UPDATE audit_entry SET cause = 'forged' WHERE id = :entry", "altered"),
        ("UPDATE audit_entry SET actor_id = 999 WHERE id = :entry", "altered"),
        ("UPDATE audit_entry SET changes = '{}' WHERE id = :entry", "altered"),
        ("UPDATE audit_entry SET request_id = 'x' WHERE id = :entry", "altered"),
        ("DELETE FROM audit_entry WHERE id = :entry", "removed"),
        ("UPDATE audit_link SET hash = 'x' WHERE entry_id = :entry", "altered"),
        ("DELETE FROM audit_link WHERE entry_id = :entry", "gap"),
    ],
)
def test_whoever_gets_past_the_database_is_found(chained, tampering, what):
    session = chained.session
    for statement in DEFENCES[session.get_bind().dialect.name]:
        session.execute(sa.text(statement))
    confirmed = select(AuditEntry.id).where(AuditEntry.name == "reservation.confirmed")
    session.execute(sa.text(tampering), {"entry": session.exec(confirmed).one()})
    found = [f.row["what"] for f in broken(session) if f.name == "the audit chain does not hold"]
    assert what in found
    with pytest.raises(ChainBroken):
        prove_chain(chained, MONDAY)


@pytest.mark.parametrize("rewriting", ["UPDATE audit_link SET hash = ''", "DELETE FROM audit_link"])
def test_the_database_refuses_to_rewrite_the_chain(chained, rewriting):
    with pytest.raises(sa.exc.DatabaseError, match="append_only"):
        chained.session.execute(sa.text(rewriting))


def test_an_entry_names_the_request_that_made_it(client, write, clock):
    with write() as uow:
        scene = make_scene(uow)
        key = bearer(uow, scene.member, now=clock.now())
        instrument_id = scene.instrument.key
    wish = {
        "instrument_id": instrument_id,
        "starts_at": "2026-11-24T13:00:00+08:00",
        "ends_at": "2026-11-24T15:00:00+08:00",
        "purpose": "断口形貌",
    }
    answer = client.post("/api/v1/reservations", json=wish, headers=key)
    assert answer.status_code == 201, answer.text
    asked = select(AuditEntry.request_id).where(AuditEntry.name == "reservation.confirmed")
    with write() as uow:
        assert uow.session.exec(asked).one() == answer.headers["x-request-id"]


def test_two_requests_have_two_names_and_nobody_chooses_one(client):
    names = [
        client.get("/healthz", headers={"X-Request-ID": "mine"}).headers["x-request-id"]
        for _ in range(2)
    ]
    assert len({*names, "mine"}) == 3
