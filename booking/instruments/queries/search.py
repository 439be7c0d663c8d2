"""Which cards are found: by words and filters, the closest first, then the oldest.

A question has steps from closest to loosest (`rules/asking.py`); a card's rank is the first that
it fits. Where few cards are filed under the pieces, all are ranked; where many are, the steps are
asked one after the other, in order of id, until the page is full. A place in the list is a rank
and an id, so pages follow each other whatever is added meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.lists import among, ids_parameter
from booking.db.patience import plan_for_each
from booking.instruments.models.tables import SEARCH
from booking.instruments.queries.cards import Insider
from booking.instruments.queries.matching import (
    GRAMS,
    KEY,
    TEXTS,
    filed_under,
    holds,
    in_band,
    looked_up_on_sqlite,
    visible,
)
from booking.instruments.queries.subsidised import paid_for
from booking.instruments.queries.words import corrected, known_lexicon
from booking.instruments.rules.asking import (
    NAMED,
    Condition,
    Unit,
    conditions,
    fitting,
    loose_units_of,
    rank_of,
    units_of,
)
from booking.instruments.rules.lexicon import Lexicon
from booking.instruments.rules.price_bands import PriceBand
from booking.instruments.rules.subsidised import Scheme

# Up to how many cards filed under the pieces are all ranked at once.
_FEW: Final = 300
# Up to how many cards are read without the index, for pages of at most this length.
_READ_AHEAD: Final = 2_000
_A_PAGE: Final = 201
_BEYOND: Final = 2**62
_AT_ONCE: Final = 2_000
# Ranks of what was found instead of what was typed come after all others.
_CORRECTED: Final = 10
_LOOSE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; empty means anything. A category's code may be only its beginning."""

    words: str = ""
    category: str = ""
    district: str = ""
    lab_id: int | None = None
    mode: str = ""
    price: str = ""
    # Only what one of these programmes pays for.
    schemes: tuple[Scheme, ...] | None = None


class Place(NamedTuple):
    """Where a card stands in the list."""

    rank: int
    id: int


START: Final = Place(0, 0)


@dataclass(frozen=True, slots=True)
class Found:
    """The cards of a page; `words` when others were looked for than those typed, `loosely` when
    words may stand apart."""

    places: Sequence[Place]
    words: str | None = None
    loosely: bool = False

    @property
    def ids(self) -> list[int]:
        return [place.id for place in self.places]


def find(
    session: Session,
    wanted: Wanted,
    *,
    actor: Actor | None,
    after: Place = START,
    limit: int = 50,
) -> Found:
    """The cards that this person may see; what was probably meant when nothing has the words."""
    insider = Insider.of(actor)
    search = _Search(session, filters(wanted, insider))
    if not wanted.words.strip():
        return Found(search.everything(after, limit))
    lexicon = known_lexicon(session)
    units = units_of(wanted.words, lexicon)
    if after.rank < _CORRECTED:
        places = search.run(units, after, limit)
        if places or after != START or not units:
            return Found(places)
        elsewhere = _Search(session, [visible(insider)])
        if wanted != Wanted(words=wanted.words) and elsewhere.run(units, START, 1):
            return Found(())
    return _instead(search, wanted.words, lexicon, after=after, limit=limit)


def _instead(search: "_Search", typed: str, lexicon: Lexicon, *, after: Place, limit: int) -> Found:
    """What was probably meant, or fits in part."""
    if after.rank < _LOOSE:
        for words in corrected(search.session, typed, lexicon):
            meant = units_of(words, lexicon)
            if places := search.run(meant, after, limit, base=_CORRECTED):
                return Found(places, words=words)
            if after.rank >= _CORRECTED and search.run(meant, START, 1, base=_CORRECTED):
                return Found(())
    loose = loose_units_of(typed, lexicon)
    places = search.run(loose, after, limit, base=_LOOSE) if loose else []
    return Found(places, loosely=bool(places))


def find_ids(
    session: Session, wanted: Wanted, *, actor: Actor | None, limit: int = 50
) -> Sequence[int]:
    """The ids of the first cards found."""
    return find(session, wanted, actor=actor, limit=limit).ids


def some_ids(session: Session, wanted: Wanted, *, actor: Actor | None, limit: int) -> Sequence[int]:
    """The ids of cards found as typed, however closely they fit: the oldest ones."""
    units = units_of(wanted.words, known_lexicon(session))
    search = _Search(session, filters(wanted, Insider.of(actor)))
    return search.any_of(units, limit) if units else ()


class _Card(NamedTuple):
    id: int
    texts: Sequence[str]


class _Search:
    """Looking among the cards that filters let through."""

    def __init__(self, session: Session, filters: Sequence[sa.ColumnElement[bool]]) -> None:
        self.session = session
        self._filters = filters
        self._on_sqlite = session.get_bind().dialect.name == "sqlite"
        plan_for_each(session)

    def everything(self, after: Place, limit: int) -> list[Place]:
        found = sa.select(KEY).where(KEY > after.id, *self._filters).order_by(KEY).limit(limit)
        return [Place(0, one) for one in self.session.execute(found).scalars()]

    def run(self, units: Sequence[Unit], after: Place, limit: int, *, base: int = 0) -> list[Place]:
        """The next places; their ranks begin at the base."""
        if not units:
            return []
        steps = conditions(units)
        after = Place(after.rank - base, after.id) if after.rank >= base else START
        few = self._few(steps[-1])
        if few is None:
            found = self._step_by_step(steps, after, limit)
        else:
            found = self._ranked(few, steps, after)[:limit]
        return [Place(place.rank + base, place.id) for place in found]

    def any_of(self, units: Sequence[Unit], limit: int) -> Sequence[int]:
        """The first ids that fit at all, whichever step."""
        return self._of_step(conditions(units)[-1:], 0, limit)

    def _few(self, condition: Condition) -> list[int] | None:
        """The cards filed under the pieces, if they are few."""
        ids = self._ids(self._filed(condition).limit(_FEW + 1))
        return list(ids) if len(ids) <= _FEW else None

    def _filed(self, condition: Condition) -> sa.Select[Any]:
        if self._on_sqlite:
            return sa.select(GRAMS.c.rowid).where(looked_up_on_sqlite(condition))
        return filed_under(condition)

    def _ranked(self, ids: Sequence[int], steps: Sequence[Condition], after: Place) -> list[Place]:
        judged = [fitting(step) for step in steps]
        ranked = ((rank_of(judged, card.texts), card.id) for card in self._cards(ids))
        places = (Place(rank, one) for rank, one in ranked if rank is not None)
        return sorted(place for place in places if place > after)

    def _cards(self, ids: Sequence[int]) -> Sequence[_Card]:
        known = sa.select(KEY, *TEXTS).where(among(KEY, ids_parameter("ids")), *self._filters)
        return _as_cards(self.session.execute(known, {"ids": ids})) if ids else ()

    def _step_by_step(self, steps: Sequence[Condition], after: Place, limit: int) -> list[Place]:
        found: list[Place] = []
        first = after.rank
        # What is rare among the names is rare in every closer step: all are ranked at once.
        if first <= NAMED and (few := self._few(steps[NAMED])) is not None:
            found = self._ranked(few, steps[: NAMED + 1], after)[:limit]
            first = NAMED + 1
        for at in range(first, len(steps)):
            if len(found) == limit:
                break
            if at and steps[at] == steps[at - 1]:
                continue
            last = after.id if at == after.rank else 0
            ids = self._of_step(steps[: at + 1], last, limit - len(found))
            found += [Place(at, one) for one in ids]
        return found

    def _of_step(self, steps: Sequence[Condition], after_id: int, limit: int) -> Sequence[int]:
        """The next ids of the last of these steps, lowest first."""
        fits = fitting(steps[-1])
        closer_too = fitting(steps[-2]) if len(steps) > 1 else lambda _: False
        if not self._on_sqlite:
            few = self._few(steps[-1])
            if few is not None:
                known = [card for card in self._cards(few) if card.id > after_id]
                fit = (one for one, texts in known if fits(texts) and not closer_too(texts))
                return sorted(fit)[:limit]
            near = self._near(steps, after_id, limit)
            if len(near) == limit:
                return near
        found: list[int] = []
        size = 2 * limit
        while len(found) < limit:
            cards = self._filed_after(steps[-1], after_id, size)
            found += [one for one, texts in cards if fits(texts) and not closer_too(texts)]
            if len(cards) < size:
                break
            after_id, size = cards[-1].id, min(2 * size, _AT_ONCE)
        return found[:limit]

    def _near(self, steps: Sequence[Condition], after_id: int, limit: int) -> Sequence[int]:
        """Of the next cards those that fit, without the index: a frequent word fills a page."""
        if limit > _A_PAGE:
            return ()
        closer = [sa.not_(holds(step)) for step in steps[-2:-1]]
        fit = (holds(steps[-1]), *closer, *self._filters)
        return self._ids(_among_the_next(fit, after_id).limit(limit))

    def _filed_after(self, step: Condition, after_id: int, size: int) -> Sequence[_Card]:
        """The next cards filed under the pieces, in order of id."""
        if self._on_sqlite:
            # The full-text table answers in order of rowid; joining from it keeps that order.
            key: sa.ColumnElement[int] = GRAMS.c.rowid
            filed = sa.select(key, *TEXTS).join_from(GRAMS, SEARCH, key == KEY)
            filed = filed.where(looked_up_on_sqlite(step))
        else:
            key = KEY
            filed = sa.select(key, *TEXTS).where(key.in_(filed_under(step)))
        ordered = filed.where(key > after_id, *self._filters).order_by(key).limit(size)
        return _as_cards(self.session.execute(ordered))

    def _ids(self, found: sa.Select[Any]) -> Sequence[int]:
        return self.session.execute(found).scalars().all()


def _as_cards(rows: Iterable[sa.Row[Any]]) -> Sequence[_Card]:
    return [_Card(row[0], row[1:]) for row in rows]


def _among_the_next(fits: Sequence[sa.ColumnElement[bool]], after_id: int) -> sa.Select[Any]:
    """Read the texts of the next cards, without the index, but only of so many."""
    ahead = sa.select(KEY).where(KEY > after_id).order_by(KEY).offset(_READ_AHEAD).limit(1)
    last = sa.func.coalesce(ahead.scalar_subquery(), _BEYOND)
    return sa.select(KEY).where(KEY > after_id, KEY <= last, *fits).order_by(KEY)


def filters(
    wanted: Wanted, insider: Insider, filed: sa.Table = SEARCH
) -> list[sa.ColumnElement[bool]]:
    """What the filters of a search ask of filed cards."""
    s = filed.c
    narrowed = [] if insider.everywhere else [visible(insider, filed)]
    if wanted.category:
        narrowed.append(s.category_code.startswith(wanted.category, autoescape=True))
    if wanted.district:
        narrowed.append(s.district == wanted.district)
    if wanted.lab_id is not None:
        narrowed.append(s.lab_id == wanted.lab_id)
    if wanted.mode:
        narrowed.append(s.modes.contains(f" {wanted.mode} ", autoescape=True))
    if wanted.price:
        narrowed.append(in_band(PriceBand(wanted.price), filed))
    if wanted.schemes is not None:
        narrowed.append(paid_for(wanted.schemes, filed))
    return narrowed
