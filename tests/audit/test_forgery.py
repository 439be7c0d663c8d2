"""Whatever is altered, removed or reordered in a real, chained trail is found and named."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from booking.access.actor import HOUSE
from booking.audit.actions.chain_entries import chain_entries
from booking.audit.models import AuditEntry, AuditLink
from booking.audit.queries.chain import links
from booking.audit.rules import ORIGIN, chain_faults, link_hash
from booking.kernel.events import Event
from tests.audit.test_chain import DEFENCES
from tests.support.clock import moment

ENTRY: sa.Table = AuditEntry.__table__  # type: ignore[attr-defined]  # by SQLModel
LINK: sa.Table = AuditLink.__table__  # type: ignore[attr-defined]  # by SQLModel
LENGTH = 12
START = moment("2026-11-23T09:00")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
NUMBERS = st.integers(1, 2**31 - 1)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "at": st.integers(-(10**9), 10**9).map(lambda n: START + timedelta(milliseconds=n)),
    "actor_id": st.none() | NUMBERS,
    "name": ANY_TEXT,
    "subject": ANY_TEXT,
    "cause": ANY_TEXT,
    "on_behalf_of": ANY_TEXT,
    "request_id": ANY_TEXT,
    "changes": st.dictionaries(ANY_TEXT, st.lists(st.none() | ANY_TEXT, max_size=2), max_size=2),
}


@dataclass(frozen=True, kw_only=True)
class Tried(Event):
    name: ClassVar[str] = "test.tried"


def test_every_column_of_an_entry_is_forged_here():
    assert {column.name for column in ENTRY.columns} == {"id", *VALUES}
    assert {column.name for column in LINK.columns} == {"position", "entry_id", "hash"}


@pytest.fixture
def chained(uow):
    """A trail of a dozen entries that differ, chained, in a database that lets lies in."""
    for number in range(LENGTH):
        uow.announce(
            Tried(
                at=START + timedelta(minutes=number),
                subject=f"test:{number}",
                actor_id=HOUSE.known_id,
                on_behalf_of=f"user:{number}" if number % 2 else "",
                cause=f"because {number}",
                changes={"state": (number, number + 1)},
            )
        )
    assert chain_entries(uow) == LENGTH
    for statement in DEFENCES[uow.session.get_bind().dialect.name]:
        uow.session.execute(sa.text(statement))
    return uow


Forging = tuple[str, int, Any]
PLACES = st.integers(1, LENGTH)
# What is done with an entry or a link, and with what; a number that nobody has comes from the turn.
DEEDS: dict[str, st.SearchStrategy[Any]] = {
    **{f"alter {column}": values for column, values in VALUES.items()},
    "alter hash": st.text("0123456789abcdef", max_size=64),
    "renumber entry": st.none(),
    "renumber link": st.none(),
    "relink": st.none(),
    "remove entry": st.none(),
    "remove link": st.none(),
    "swap entries": PLACES,
    "swap links": PLACES,
    "swap both": PLACES,
}
FORGINGS = st.lists(
    st.one_of(*(st.tuples(st.just(deed), PLACES, what) for deed, what in DEEDS.items())),
    min_size=1,
    max_size=4,
)


def everything(session: Session) -> tuple[dict[int, Any], dict[int, Any]]:
    """All that the two tables say, by entry and by position."""
    said = session.execute(sa.select(ENTRY)).mappings()
    linked = session.execute(sa.select(LINK)).mappings()
    return {row["id"]: dict(row) for row in said}, {row["position"]: dict(row) for row in linked}


def forge(session: Session, entries: dict[int, int], forging: Forging, *, turn: int = 0) -> None:
    """Write what no deed would; `entries` are the ids by the position they had at first."""
    deed, place, value = forging
    entry, nobodys = ENTRY.c.id == entries[place], 10**6 + turn
    link = LINK.c.position == place
    if deed.startswith("swap"):
        if deed != "swap links":
            swap(session, ENTRY.c.id, entries[place], entries[value])
        if deed != "swap entries":
            swap(session, LINK.c.position, place, value)
        return
    statements: dict[str, sa.Executable] = {
        "alter hash": sa.update(LINK).where(link).values(hash=value),
        "renumber entry": sa.update(ENTRY).where(entry).values(id=nobodys),
        "renumber link": sa.update(LINK).where(link).values(position=nobodys),
        "relink": sa.update(LINK).where(link).values(entry_id=nobodys),
        "remove entry": sa.delete(ENTRY).where(entry),
        "remove link": sa.delete(LINK).where(link),
    }
    column = deed.removeprefix("alter ")
    if column in VALUES:
        session.execute(sa.update(ENTRY).where(entry).values({column: value}))
    else:
        session.execute(statements[deed])


def swap(session: Session, key: sa.ColumnElement[int], one: int, other: int) -> None:
    table = key.table
    if one == other:
        return
    for before, after in ((one, -1), (other, one), (-1, other)):
        session.execute(sa.update(table).where(key == before).values({key.name: after}))


def touched(before: tuple[Any, Any], after: tuple[Any, Any]) -> set[int]:
    """The positions at which the chain does not say any more what it said."""
    (entries, chain), (entries_now, chain_now) = before, after
    return {
        position
        for position, link in chain.items()
        if chain_now.get(position) != link
        or entries_now.get(link["entry_id"]) != entries[link["entry_id"]]
    }


def is_honest_beginning(chain: dict[int, Any], forged: set[int]) -> bool:
    """Only the end is gone: whoever noted it misses it, the chain itself does not."""
    return set(chain) == set(range(1, len(chain) + 1)) and not forged & set(chain)


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FORGINGS)
def test_every_forgery_is_found_and_the_first_is_named(chained, forgings):
    session: Session = chained.session
    with session.begin_nested() as undone:
        before = everything(session)
        ids = {position: link["entry_id"] for position, link in before[1].items()}
        for turn, forging in enumerate(forgings):
            forge(session, ids, forging, turn=turn)
        after = everything(session)
        found = [fault.position for fault in chain_faults(links(session))]
        undone.rollback()
    forged = touched(before, after)
    if not forged or is_honest_beginning(after[1], forged):
        assert found == []
    else:
        assert found[0] == min(forged)


@pytest.mark.slow
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=PLACES, values=st.fixed_dictionaries({}, optional=VALUES))
def test_whoever_makes_all_later_hashes_anew_is_found_by_the_end_noted_elsewhere(
    chained, place, values
):
    session: Session = chained.session
    with session.begin_nested() as undone:
        before = everything(session)
        ids = {position: link["entry_id"] for position, link in before[1].items()}
        for column, value in values.items():
            forge(session, ids, (f"alter {column}", place, value))
        changed = bool(touched(before, everything(session)))
        previous = ORIGIN
        for link in list(links(session)):
            previous = link_hash(previous, link.content or {})
            session.execute(
                sa.update(LINK).where(LINK.c.position == link.position).values(hash=previous)
            )
        assert list(chain_faults(links(session))) == []
        assert (previous != before[1][LENGTH]["hash"]) == changed
        undone.rollback()
