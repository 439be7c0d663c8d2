"""Cards that were filed otherwise since somebody last looked, and which searches they fit."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.lists import among, ids_parameter
from booking.instruments.models.tables import CARD_CHANGE, SEARCH
from booking.instruments.queries.cards import Insider
from booking.instruments.queries.matching import texts_of
from booking.instruments.queries.search import Wanted, filters
from booking.instruments.queries.words import known_lexicon
from booking.instruments.rules.asking import conditions, fitting, units_of
from booking.instruments.rules.lexicon import Lexicon

# How many different filters are asked for in one statement.
_AT_ONCE: Final = 50
_EVERYBODY: Final = Insider()
_CHANGED: Final = sa.select(CARD_CHANGE.c.instrument_id).order_by(CARD_CHANGE.c.instrument_id)


def changed_cards(session: Session) -> Sequence[int]:
    """All that nobody has looked at yet."""
    return session.execute(_CHANGED).scalars().all()


def changed_cards_to_look_at(session: Session, *, limit: int) -> Sequence[int]:
    """Some of them, locked: until the deed ends, nobody else looks at them or files them."""
    return session.execute(_CHANGED.limit(limit).with_for_update()).scalars().all()


def fitting_now(session: Session, wishes: Sequence[Wanted], ids: Sequence[int]) -> list[set[int]]:
    """For each search the public cards among these that it finds as it is written."""
    return _fitting(session, wishes, ids, filed=SEARCH)


def fitting_before(
    session: Session, wishes: Sequence[Wanted], ids: Sequence[int]
) -> list[set[int]]:
    """For each search the cards among these that it found before they were filed otherwise."""
    return _fitting(session, wishes, ids, filed=CARD_CHANGE)


def _fitting(
    session: Session, wishes: Sequence[Wanted], ids: Sequence[int], *, filed: sa.Table
) -> list[set[int]]:
    if not ids or not wishes:
        return [set() for _ in wishes]
    lexicon = known_lexicon(session)
    texts = _texts(session, ids, filed)
    bare = list(dict.fromkeys(replace(wish, words="") for wish in wishes))
    passing = dict(zip(bare, _passing(session, bare, ids, filed=filed), strict=True))
    fitted: dict[str, set[int]] = {}
    for words in {wish.words for wish in wishes}:
        fitted[words] = _having(words, texts, lexicon)
    return [fitted[wish.words] & passing[replace(wish, words="")] for wish in wishes]


def _texts(session: Session, ids: Sequence[int], filed: sa.Table) -> dict[int, Sequence[str]]:
    key = filed.c.instrument_id
    known = sa.select(key, *texts_of(filed)).where(among(key, ids_parameter("ids")))
    return {row[0]: row[1:] for row in session.execute(known, {"ids": ids})}


def _having(words: str, texts: dict[int, Sequence[str]], lexicon: Lexicon) -> set[int]:
    if not words.strip():
        return set(texts)
    units = units_of(words, lexicon)
    if not units:
        return set()
    fits = fitting(conditions(units)[-1])
    return {one for one, said in texts.items() if fits(said)}


def _passing(
    session: Session, bare: Sequence[Wanted], ids: Sequence[int], *, filed: sa.Table
) -> list[set[int]]:
    """The cards that each of some searches lets through, whatever its words."""
    found: list[set[int]] = [set() for _ in bare]
    for start in range(0, len(bare), _AT_ONCE):
        some = enumerate(bare[start : start + _AT_ONCE], start=start)
        asked = sa.union_all(*(_let_through(nth, wish, filed) for nth, wish in some))
        for nth, one in session.execute(asked, {"ids": ids}):
            found[nth].add(one)
    return found


def _let_through(nth: int, wish: Wanted, filed: sa.Table) -> sa.Select[tuple[int, int]]:
    key = filed.c.instrument_id
    narrowed = filters(wish, _EVERYBODY, filed)
    return sa.select(sa.literal(nth), key).where(among(key, ids_parameter("ids")), *narrowed)


def forget_changes(session: Session, ids: Collection[int]) -> None:
    """They have been looked at."""
    gone = sa.delete(CARD_CHANGE).where(among(CARD_CHANGE.c.instrument_id, ids_parameter("ids")))
    session.execute(gone, {"ids": list(ids)})
