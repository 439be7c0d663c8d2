"""Saved searches: one's own, all of them for the sweep, and whom to tell of what they found."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.accounts.errors import NotByToken
from booking.accounts.models import User
from booking.accounts.queries.actors import actors_by_id
from booking.db.lists import among, ids_parameter
from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.queries.search import Wanted
from booking.instruments.queries.subsidised import SubsidySource
from booking.instruments.rules.subsidised import Scheme
from booking.instruments.states import InstrumentState
from booking.kernel.errors import NotFound
from booking.needs.models import SAVED, SAVED_CARD, SavedSearch
from booking.needs.rules.saving import SUBSIDISED, letter_key


@dataclass(frozen=True, slots=True)
class SearchRow:
    """A search in its person's list; `asked` as its address asks it."""

    id: int
    name: str
    paused: bool
    created_at: datetime
    asked: Mapping[str, str] = field(default_factory=dict)


class Looked(NamedTuple):
    """A search as the sweep reads it."""

    id: int
    wanted: Wanted
    paused: bool


class Untold(NamedTuple):
    """A card that somebody is to be told of."""

    id: int
    person_id: int
    search_id: int
    instrument_id: int


_ROWS: Final[sa.Select[Any]] = sa.select(
    SAVED.c.id, SAVED.c.name, SAVED.c.paused, SAVED.c.created_at, SAVED.c.asked
)
_LOOKED: Final = sa.select(SAVED.c.id, SAVED.c.asked, SAVED.c.paused, SAVED.c.person_id).order_by(
    SAVED.c.id
)
_UNTOLD: Final = (
    sa.select(SAVED_CARD.c.id, SAVED.c.person_id, SAVED_CARD.c.search_id, INSTRUMENT.c.id)
    .select_from(
        SAVED_CARD.join(SAVED, SAVED.c.id == SAVED_CARD.c.search_id)
        .join(INSTRUMENT, INSTRUMENT.c.id == SAVED_CARD.c.instrument_id)
        .join(User, col(User.id) == SAVED.c.person_id)
    )
    .where(
        SAVED_CARD.c.told_at.is_(None),
        # One that is out of service is told of when it is back.
        INSTRUMENT.c.state == InstrumentState.PUBLISHED,
        col(User.active),
    )
    .order_by(SAVED.c.person_id, SAVED.c.id, INSTRUMENT.c.id)
    .with_for_update(of=SAVED_CARD)
)


def oneself(actor: Actor) -> int:
    """The number of somebody who is here in person: neither a token, whatever it may do, nor
    whoever views the site as somebody reads what a person looks for. NotByToken."""
    if not actor.in_person:
        raise NotByToken
    return actor.id


def searches_of(session: Session, actor: Actor) -> Sequence[SearchRow]:
    """One's own, by name."""
    rows = _ROWS.where(SAVED.c.person_id == oneself(actor)).order_by(SAVED.c.name, SAVED.c.id)
    return [SearchRow(*row) for row in session.execute(rows)]


def searches_by_id(session: Session, search_ids: Sequence[int]) -> Sequence[SearchRow]:
    """These, by name."""
    rows = _ROWS.where(SAVED.c.id.in_(search_ids)).order_by(SAVED.c.name, SAVED.c.id)
    return [SearchRow(*row) for row in session.execute(rows)]


def own_search(session: Session, search_id: int, actor: Actor) -> SearchRow:
    """One of one's own; NotFound when it is somebody else's."""
    mine = _ROWS.where(SAVED.c.id == search_id, SAVED.c.person_id == oneself(actor))
    row = session.execute(mine).one_or_none()
    if row is None:
        raise NotFound(search_id=search_id)
    return SearchRow(*row)


def own_search_for_update(session: Session, search_id: int, actor: Actor) -> SavedSearch:
    """Locked until the deed is done; NotFound when it is somebody else's."""
    statement = select(SavedSearch).where(
        col(SavedSearch.id) == search_id, col(SavedSearch.person_id) == oneself(actor)
    )
    fresh = statement.with_for_update().execution_options(populate_existing=True)
    found = session.exec(fresh).one_or_none()
    if found is None:
        raise NotFound(search_id=search_id)
    return found


def search_by_letter(
    session: Session, key: str | None, *, locked: bool = False
) -> SavedSearch | None:
    """The search that a link in a letter names; None when it is gone."""
    search_id, _, _ = (key or "").partition("@")
    statement = select(SavedSearch).where(col(SavedSearch.id) == int(search_id or 0))
    fresh = statement.execution_options(populate_existing=True)
    found = session.exec(fresh.with_for_update() if locked else fresh).one_or_none()
    return found if found and letter_key(found.key, found.created_at) == key else None


def searches_to_look_for(
    session: Session, programmes: SubsidySource, *, day: date
) -> Sequence[Looked]:
    """Everybody's, in order of saving; what programmes pay for by whose search it is."""
    rows = session.execute(_LOOKED).all()
    people = {row.person_id for row in rows if SUBSIDISED in row.asked}
    schemes = _schemes_of(session, people, programmes, day=day)
    return [
        Looked(row.id, wanted_of(row.asked, schemes.get(row.person_id, ())), row.paused)
        for row in rows
    ]


def _schemes_of(
    session: Session, people: Collection[int], programmes: SubsidySource, *, day: date
) -> Mapping[int, tuple[Scheme, ...]]:
    if not people:
        return {}
    actors = actors_by_id(session, people)
    assumed = programmes.assumed_for(session, list(actors.values()), day=day)
    return {one: found.schemes for one, found in zip(actors, assumed, strict=True)}


def untold_cards(session: Session) -> Sequence[Untold]:
    """What people who still have an account are to be told of, each person's together; locked."""
    return [Untold(*row) for row in session.execute(_UNTOLD)]


def names_of_cards(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Names in Chinese and English by id."""
    rows = sa.select(INSTRUMENT.c.id, INSTRUMENT.c.name, INSTRUMENT.c.name_en).where(
        among(INSTRUMENT.c.id, ids_parameter("ids"))
    )
    return {one: (name, name_en) for one, name, name_en in session.execute(rows, {"ids": ids})}


def wanted_of(asked: Mapping[str, str], schemes: tuple[Scheme, ...]) -> Wanted:
    """What an address asks the search for; `schemes` are what pays for whoever asks."""
    lab = asked.get("lab", "")
    return Wanted(
        words=asked.get("q", ""),
        category=asked.get("category", ""),
        district=asked.get("district", ""),
        mode=asked.get("mode", ""),
        price=asked.get("price", ""),
        lab_id=int(lab) if lab else None,
        schemes=schemes if SUBSIDISED in asked else None,
    )
