"""Which cards are found: by words, by filters, in a stable order (the oldest card first).

The words are looked up in the grams of `instrument_search` (PostgreSQL) or of the full-text table
(SQLite); whatever the pieces only suggest is checked in the text itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.lists import among, ids_parameter
from booking.db.types import UtcDateTime
from booking.instruments.models.search import GRAMS_TABLE
from booking.instruments.models.tables import INSTRUMENT, SEARCH, TARIFF
from booking.instruments.models.tariff import stands
from booking.instruments.queries.cards import LAB, ORGANISATION, Insider
from booking.instruments.rules.searching import asked_grams, is_exact, words_of
from booking.instruments.rules.tariff import GENERAL_CLASS
from booking.instruments.states import InstrumentState

_GRAMS: Final = sa.table(GRAMS_TABLE, sa.column("rowid", sa.BigInteger()))
# Up to how many cards are read without the index, for pages of at most this length.
_READ_AHEAD: Final = 2_000
_A_PAGE: Final = 201
_BEYOND: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; empty means anything. A category's code may be only its beginning."""

    words: str = ""
    category: str = ""
    district: str = ""
    lab_id: int | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card in a list."""

    id: int
    name: str
    name_en: str
    state: InstrumentState
    category_code: str
    district: str
    model: str
    service_modes: list[str]
    resource_kind: str
    lab_id: int
    lab_name: str
    lab_name_en: str
    organisation_id: int
    organisation_name: str
    organisation_name_en: str
    hour_price: str | None


def find_ids(
    session: Session, wanted: Wanted, *, actor: Actor | None, after_id: int = 0, limit: int = 50
) -> Sequence[int]:
    """The ids of the cards found that this person may see, lowest first."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    words = list(dict.fromkeys(_asked(wanted.words)))
    if wanted.words.strip() and not words:
        return ()
    filters = _filters(wanted, Insider.of(actor))
    if words and not on_sqlite and limit <= _A_PAGE:
        # A frequent word fills a page at once; a rare one is worth the index and its many hits.
        near = session.execute(_among_the_next(words, filters, after_id).limit(limit))
        if len(ids := near.scalars().all()) == limit:
            return ids
    build = _on_sqlite if on_sqlite else _on_postgresql
    found = build(words) if words else sa.select(SEARCH.c.instrument_id)
    found = found.where(*(_contains(word) for word in words if not is_exact(word)), *filters)
    ordered = _after(found, after_id, on_full_text=on_sqlite and bool(words)).limit(limit)
    return session.execute(ordered).scalars().all()


def _asked(words: str) -> list[str]:
    return words_of(words[:200])[:10]


def _contains(word: str) -> sa.ColumnElement[bool]:
    return SEARCH.c.search_text.contains(word, autoescape=True)


def _among_the_next(
    words: Sequence[str], filters: Sequence[sa.ColumnElement[bool]], after_id: int
) -> sa.Select[Any]:
    """Read the texts of the next cards, without the index, but only of so many."""
    key = SEARCH.c.instrument_id
    ahead = sa.select(key).where(key > after_id).order_by(key).offset(_READ_AHEAD).limit(1)
    last = sa.func.coalesce(ahead.scalar_subquery(), _BEYOND)
    return (
        sa.select(key)
        .where(key > after_id, key <= last)
        .where(*(_contains(word) for word in words), *filters)
        .order_by(key)
    )


def _on_sqlite(words: Sequence[str]) -> sa.Select[Any]:
    pieces = dict.fromkeys(piece for word in words for piece in asked_grams(word))
    match = " AND ".join(f'"{piece}"' for piece in pieces)
    # The full-text table answers in order of rowid; joining from it keeps that order.
    return (
        sa.select(_GRAMS.c.rowid)
        .select_from(_GRAMS.join(SEARCH, SEARCH.c.instrument_id == _GRAMS.c.rowid))
        .where(sa.literal_column(GRAMS_TABLE).op("MATCH")(match))
    )


def _on_postgresql(words: Sequence[str]) -> sa.Select[Any]:
    pieces = list(dict.fromkeys(piece for word in words for piece in asked_grams(word)))
    array = sa.bindparam(None, pieces, type_=postgresql.ARRAY(sa.Text()))
    # OFFSET 0 keeps the lookup apart: with a LIMIT in sight the planner would read every text.
    hit = sa.select(SEARCH.c.instrument_id).where(SEARCH.c.grams.op("@>")(array)).offset(0)
    return sa.select(SEARCH.c.instrument_id).where(SEARCH.c.instrument_id.in_(hit))


def _filters(wanted: Wanted, insider: Insider) -> list[sa.ColumnElement[bool]]:
    s = SEARCH.c
    conditions: list[sa.ColumnElement[bool]] = []
    if not insider.everywhere:
        conditions.append(_visible(insider))
    if wanted.category:
        conditions.append(s.category_code.startswith(wanted.category, autoescape=True))
    if wanted.district:
        conditions.append(s.district == wanted.district)
    if wanted.lab_id is not None:
        conditions.append(s.lab_id == wanted.lab_id)
    if wanted.mode:
        conditions.append(s.modes.contains(f" {wanted.mode} ", autoescape=True))
    return conditions


def _visible(insider: Insider) -> sa.ColumnElement[bool]:
    s = SEARCH.c
    if not (insider.lab_ids or insider.organisation_ids):
        return s.is_public
    labs = sa.select(LAB.c.id).where(insider.labs())
    return s.is_public | s.lab_id.in_(labs)


def _after(found: sa.Select[Any], after_id: int, *, on_full_text: bool) -> sa.Select[Any]:
    key = _GRAMS.c.rowid if on_full_text else SEARCH.c.instrument_id
    return found.where(key > after_id).order_by(key)


_AT: Final = sa.bindparam("valid_at", type_=UtcDateTime())
_OTHER: Final = TARIFF.alias("other")
_IN_FORCE: Final = (
    sa.select(sa.func.max(_OTHER.c.valid_from))
    .where(_OTHER.c.instrument_id == INSTRUMENT.c.id, _OTHER.c.valid_from <= _AT, stands(_OTHER))
    .correlate(INSTRUMENT)
    .scalar_subquery()
)
_CARDS: Final = (
    sa.select(
        INSTRUMENT.c.id,
        INSTRUMENT.c.name,
        INSTRUMENT.c.name_en,
        INSTRUMENT.c.state,
        INSTRUMENT.c.category_code,
        INSTRUMENT.c.district,
        INSTRUMENT.c.model,
        INSTRUMENT.c.service_modes,
        INSTRUMENT.c.resource_kind,
        INSTRUMENT.c.lab_id,
        LAB.c.name.label("lab_name"),
        LAB.c.name_en.label("lab_name_en"),
        LAB.c.organisation_id,
        ORGANISATION.c.name.label("organisation_name"),
        ORGANISATION.c.name_en.label("organisation_name_en"),
        TARIFF.c.classes.label("hour_price"),
    )
    .select_from(
        INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id)
        .join(ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id)
        .outerjoin(
            TARIFF,
            (TARIFF.c.instrument_id == INSTRUMENT.c.id)
            & (TARIFF.c.valid_from == _IN_FORCE)
            & stands(TARIFF),
        )
    )
    .where(among(INSTRUMENT.c.id, ids_parameter("ids")))
    .order_by(INSTRUMENT.c.id)
)


def cards(session: Session, ids: Sequence[int], *, at: datetime) -> Sequence[FoundCard]:
    """These cards as lists show them, with the price per hour that is public now."""
    if not ids:
        return ()
    rows = session.execute(_CARDS, {"ids": ids, "valid_at": at}).all()
    return [
        FoundCard(**{**row._mapping, "hour_price": _hour_price(row.hour_price)}) for row in rows
    ]


def _hour_price(classes: dict[str, dict[str, object]] | None) -> str | None:
    price = (classes or {}).get(GENERAL_CLASS, {}).get("hour")
    return None if price is None else str(price)


def category_counts(session: Session) -> dict[str, int]:
    """How many public cards each class of the classification has."""
    kind = sa.func.substr(SEARCH.c.category_code, 1, 2)
    return _counts(session, kind)


def district_counts(session: Session) -> dict[str, int]:
    """How many public cards each district has."""
    return _counts(session, SEARCH.c.district)


def _counts(session: Session, by: sa.ColumnElement[str]) -> dict[str, int]:
    rows = session.execute(
        sa.select(by.label("by"), sa.func.count())
        .where(SEARCH.c.is_public)
        .group_by(by)
        .order_by(by)
    )
    return {value: number for value, number in rows if value}
