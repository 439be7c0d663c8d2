"""Conditions on filed cards as SQL: those of `rules/asking.py`, looked up among the pieces and
checked in the texts; whose they are to see; their prices."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from booking.instruments.models.search import GRAMS_TABLE
from booking.instruments.models.tables import SEARCH
from booking.instruments.queries.cards import LAB, Insider
from booking.instruments.rules.asking import Condition, Every, Some, Stands
from booking.instruments.rules.price_bands import BOUNDS, PriceBand
from booking.instruments.rules.searching import BEGUN, LATIN, WHOLE, ZONES, Zone, asked_grams

GRAMS: Final = sa.table(GRAMS_TABLE, sa.column("rowid", sa.BigInteger()))
KEY: Final = SEARCH.c.instrument_id
_TEXTS: Final = {
    Zone.NAME: SEARCH.c.name_text,
    Zone.MODEL: SEARCH.c.model_text,
    Zone.NAMED: SEARCH.c.named_text,
    Zone.ANYWHERE: SEARCH.c.search_text,
}


TEXTS: Final = tuple(_TEXTS[zone] for zone in ZONES)


def texts_of(filed: sa.Table) -> tuple[sa.ColumnElement[str], ...]:
    """The texts of another table in which cards are filed, in the same order."""
    return tuple(filed.c[text.name] for text in TEXTS)


def holds(condition: Condition) -> sa.ColumnElement[bool]:
    """Whether the texts of a card fit, as `rules.asking.fitting` says it."""
    if isinstance(condition, Stands):
        return _TEXTS[condition.zone].contains(condition.text, autoescape=True)
    join = sa.and_ if isinstance(condition, Every) else sa.or_
    return join(*(holds(part) for part in condition.parts))


def looked_up_on_sqlite(condition: Condition) -> sa.ColumnElement[bool]:
    """Whether the full-text table files a card under the pieces."""
    return sa.literal_column(GRAMS_TABLE).op("MATCH")(_match(condition))


def looked_up_on_postgresql(condition: Condition) -> sa.ColumnElement[bool]:
    """Whether the card's row has the pieces."""
    if (pieces := _common(condition)) is not None:
        array = sa.bindparam(None, pieces, type_=postgresql.ARRAY(sa.Text()))
        return SEARCH.c.grams.op("@>")(array)
    assert not isinstance(condition, Stands)  # noqa: S101 - it has its pieces
    join = sa.and_ if isinstance(condition, Every) else sa.or_
    return join(*(looked_up_on_postgresql(part) for part in condition.parts))


def filed_under(condition: Condition) -> sa.Select[Any]:
    """The cards with the pieces, on PostgreSQL."""
    # Planned apart and read as far as needed: with a LIMIT in sight every text would be read.
    filed = sa.select(KEY).where(looked_up_on_postgresql(condition))
    hit = filed.cte("hit").prefix_with("MATERIALIZED", dialect="postgresql")
    return sa.select(hit.c.instrument_id)


def _pieces(stands: Stands) -> list[str]:
    if stands.whole:
        # The name and the model are among the names; Chinese words stand whole only there.
        return [(LATIN if stands.zone is Zone.ANYWHERE else WHOLE) + stands.word]
    if stands.begins:
        return [stands.zone + BEGUN + stands.word]
    return [stands.zone + piece for piece in asked_grams(stands.word)]


def _match(condition: Condition) -> str:
    if isinstance(condition, Stands):
        return " AND ".join(f'"{piece}"' for piece in _pieces(condition))
    between = " AND " if isinstance(condition, Every) else " OR "
    return between.join(f"({_match(part)})" for part in condition.parts)


def _common(condition: Condition) -> list[str] | None:
    """The pieces that are all needed; None where one of several will do."""
    if isinstance(condition, Stands):
        return _pieces(condition)
    if isinstance(condition, Some) and len(condition.parts) > 1:
        return None
    parts = [_common(part) for part in condition.parts]
    if any(part is None for part in parts):
        return None
    return list(dict.fromkeys(piece for part in parts for piece in part or ()))


def in_band(band: PriceBand, filed: sa.Table = SEARCH) -> sa.ColumnElement[bool]:
    """Whether the filed price per hour is in a band."""
    fen = filed.c.hour_fen
    if band is PriceBand.NO_HOURS:
        return fen.is_(None)
    above, most = BOUNDS[band]
    return sa.and_(fen > above, fen <= most)


def visible(insider: Insider, filed: sa.Table = SEARCH) -> sa.ColumnElement[bool]:
    """Whether a filed card is theirs to see."""
    s = filed.c
    if insider.everywhere:
        return sa.true()
    if not (insider.lab_ids or insider.organisation_ids):
        return s.is_public
    labs = sa.select(LAB.c.id).where(insider.labs())
    return s.is_public | s.lab_id.in_(labs)
