"""Keep a search of the catalogue under a name; rename, pause, remove it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from booking.access.actor import Actor
from booking.accounts.errors import LinkSpent
from booking.accounts.queries.people import user_for_update
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.changes import changed_cards, fitting_now
from booking.instruments.rules.subsidised import Scheme
from booking.needs.errors import SearchNameTaken, TooManySearches
from booking.needs.events import (
    SearchEvent,
    SearchPaused,
    SearchRemoved,
    SearchRenamed,
    SearchResumed,
    SearchSaved,
)
from booking.needs.models import SAVED, SAVED_CARD, SavedSearch, SavedSearchCard
from booking.needs.queries.searches import (
    oneself,
    own_search_for_update,
    search_by_letter,
    searches_of,
    wanted_of,
)
from booking.needs.rules.saving import MOST_SEARCHES, kept_of


def save_search(
    uow: UnitOfWork,
    name: str,
    asked: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    schemes: tuple[Scheme, ...] = (),
) -> SavedSearch:
    """What it finds already is nothing new, whenever it was published; `schemes` are what pays
    for this person, where that is asked."""
    # Whoever saves twice at once waits here, so that the number stays what it may be.
    user_for_update(uow.session, oneself(actor))
    known = searches_of(uow.session, actor)
    if any(one.name == name for one in known):
        raise SearchNameTaken
    if len(known) >= MOST_SEARCHES:
        raise TooManySearches(most=MOST_SEARCHES)
    saved = SavedSearch(person_id=actor.id, name=name, asked=kept_of(asked), created_at=now)
    uow.session.add(saved)
    uow.session.flush()
    # The sweep has yet to look at these cards; whoever saves has seen them as they are now.
    wish = wanted_of(saved.asked, schemes)
    (found,) = fitting_now(uow.session, [wish], changed_cards(uow.session))
    note_cards(uow, {saved.key: found}, found_at=now, told_at=now)
    _announce(uow, SearchSaved, saved, actor_id=actor.known_id, now=now)
    return saved


def note_cards(
    uow: UnitOfWork,
    found: Mapping[int, Iterable[int]],
    *,
    found_at: datetime,
    told_at: datetime | None,
) -> None:
    """Cards by the search that found them; what was noted before stays as it was noted."""
    rows = [
        {
            "search_id": search_id,
            "instrument_id": one,
            "found_at": found_at,
            "told_at": told_at,
        }
        for search_id, cards in found.items()
        for one in sorted(cards)
    ]
    insert_unless_exists(uow.session, SavedSearchCard, rows)


def rename_search(
    uow: UnitOfWork, search_id: int, name: str, *, actor: Actor, now: datetime
) -> SavedSearch:
    """SearchNameTaken when another of theirs is called so."""
    user_for_update(uow.session, oneself(actor))
    saved = own_search_for_update(uow.session, search_id, actor)
    others = (one for one in searches_of(uow.session, actor) if one.id != search_id)
    if any(one.name == name for one in others):
        raise SearchNameTaken
    saved.name = name
    uow.session.flush()
    _announce(uow, SearchRenamed, saved, actor_id=actor.known_id, now=now)
    return saved


def pause_search(uow: UnitOfWork, search_id: int, *, actor: Actor, now: datetime) -> SavedSearch:
    """Nothing is told of it; what it finds meanwhile is not told of later either."""
    saved = own_search_for_update(uow.session, search_id, actor)
    _pause(uow, saved, actor_id=actor.known_id, now=now)
    return saved


def pause_by_letter(uow: UnitOfWork, key: str | None, *, now: datetime) -> SavedSearch:
    """As whoever has the letter wishes, nobody knows who; LinkSpent when it is gone."""
    saved = _of_letter(uow, key)
    _pause(uow, saved, actor_id=None, now=now)
    return saved


def remove_by_letter(uow: UnitOfWork, key: str | None, *, now: datetime) -> None:
    """As whoever has the letter wishes, nobody knows who; LinkSpent when it is gone."""
    saved = _of_letter(uow, key)
    _announce(uow, SearchRemoved, saved, actor_id=None, now=now)
    _remove(uow, SAVED.c.id == saved.key)


def _of_letter(uow: UnitOfWork, key: str | None) -> SavedSearch:
    saved = search_by_letter(uow.session, key, locked=True)
    if saved is None:
        raise LinkSpent
    return saved


def _pause(uow: UnitOfWork, saved: SavedSearch, *, actor_id: int | None, now: datetime) -> None:
    saved.paused = True
    waiting = sa.update(SAVED_CARD).where(
        SAVED_CARD.c.search_id == saved.key, SAVED_CARD.c.told_at.is_(None)
    )
    uow.session.execute(waiting.values(told_at=now))
    uow.session.flush()
    _announce(uow, SearchPaused, saved, actor_id=actor_id, now=now)


def resume_search(uow: UnitOfWork, search_id: int, *, actor: Actor, now: datetime) -> SavedSearch:
    """From now on its person is told again."""
    saved = own_search_for_update(uow.session, search_id, actor)
    saved.paused = False
    uow.session.flush()
    _announce(uow, SearchResumed, saved, actor_id=actor.known_id, now=now)
    return saved


def remove_search(uow: UnitOfWork, search_id: int, *, actor: Actor, now: datetime) -> None:
    """With all that is noted of it."""
    saved = own_search_for_update(uow.session, search_id, actor)
    _announce(uow, SearchRemoved, saved, actor_id=actor.known_id, now=now)
    _remove(uow, SAVED.c.id == search_id)


def forget_searches_of(uow: UnitOfWork, person_id: int) -> None:
    """All that a person saved."""
    _remove(uow, SAVED.c.person_id == person_id)


def _remove(uow: UnitOfWork, which: sa.ColumnElement[bool]) -> None:
    mine = sa.select(SAVED.c.id).where(which)
    uow.session.execute(sa.delete(SAVED_CARD).where(SAVED_CARD.c.search_id.in_(mine)))
    uow.session.execute(sa.delete(SAVED).where(which))


def _announce(
    uow: UnitOfWork,
    fact: type[SearchEvent],
    saved: SavedSearch,
    *,
    actor_id: int | None,
    now: datetime,
) -> None:
    uow.announce(
        fact(
            at=now,
            actor_id=actor_id,
            subject=f"saved_search:{saved.key}",
            search_id=saved.key,
        )
    )
