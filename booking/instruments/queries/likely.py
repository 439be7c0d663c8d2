"""Public cards that have any of some things asked for: each is looked up by itself.

So a rare word is never lost behind a frequent one, however many cards there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.lists import among, ids_parameter
from booking.db.types import UtcDateTime
from booking.instruments.models.tables import INSTRUMENT, SEARCH, TARIFF
from booking.instruments.models.tariff import stands
from booking.instruments.queries.matching import (
    GRAMS,
    KEY,
    TEXTS,
    looked_up_on_postgresql,
    looked_up_on_sqlite,
)
from booking.instruments.rules.asking import Condition, Unit, conditions
from booking.kernel.money import fen

# How many cards are looked at for each thing asked for.
_EACH: Final = 300
_AT: Final = sa.bindparam("valid_at", type_=UtcDateTime())
_OTHER: Final = TARIFF.alias("other")
_IN_FORCE: Final = (
    sa.select(sa.func.max(_OTHER.c.valid_from))
    .where(_OTHER.c.instrument_id == TARIFF.c.instrument_id, _OTHER.c.valid_from <= _AT)
    .where(stands(_OTHER))
    .correlate(TARIFF)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Likely:
    """A public card: its texts in the order of the search's zones, where it is, its lab."""

    id: int
    lab_id: int
    district: str
    texts: Sequence[str]


def likely_cards(session: Session, units: Sequence[Unit]) -> list[Likely]:
    """Public cards filed under the pieces of any unit."""
    steps = [conditions([unit])[-1] for unit in units]
    if not steps:
        return []
    filed = sa.union(*(sa.select(_filed(session, one).subquery()) for one in steps))
    ids = session.execute(filed).scalars().all()
    s = SEARCH.c
    known = sa.select(s.instrument_id, s.lab_id, s.district, *TEXTS).where(
        among(KEY, ids_parameter("ids")), s.is_public
    )
    rows = session.execute(known.order_by(KEY), {"ids": ids})
    return [Likely(row[0], row[1], row[2], row[3:]) for row in rows]


def _filed(session: Session, step: Condition) -> sa.Select[Any]:
    if session.get_bind().dialect.name == "sqlite":
        key: sa.ColumnElement[int] = GRAMS.c.rowid
        filed = sa.select(key.label("id")).join_from(GRAMS, SEARCH, key == KEY)
        return filed.where(looked_up_on_sqlite(step), SEARCH.c.is_public).limit(_EACH)
    filed = sa.select(KEY.label("id")).where(looked_up_on_postgresql(step), SEARCH.c.is_public)
    return filed.limit(_EACH)


@dataclass(frozen=True, slots=True)
class Described:
    """What a card says, field by field, and how it is offered."""

    id: int
    names: str
    aliases: str
    model: str
    functions: str
    specs: str
    services: str
    modes: Sequence[str]
    prices: dict[str, int]


def described(session: Session, ids: Sequence[int], *, at: datetime) -> dict[int, Described]:
    """These cards by id, with the hour's price in fen by class of customer."""
    i = INSTRUMENT.c
    rows = session.execute(
        sa.select(
            *(i.id, i.name, i.name_en, i.aliases, i.model, i.functions, i.specs, i.services),
            *(i.typical_results, i.service_modes, TARIFF.c.classes),
        )
        .select_from(
            INSTRUMENT.outerjoin(
                TARIFF,
                (TARIFF.c.instrument_id == i.id)
                & (TARIFF.c.valid_from == _IN_FORCE)
                & stands(TARIFF),
            )
        )
        .where(among(i.id, ids_parameter("ids"))),
        {"ids": ids, "valid_at": at},
    )
    return {row.id: _described(row) for row in rows}


def _described(row: sa.Row[Any]) -> Described:
    classes: dict[str, dict[str, object]] = row.classes or {}
    return Described(
        id=row.id,
        names=f"{row.name} {row.name_en}",
        aliases=" ".join(row.aliases),
        model=row.model,
        functions=row.functions,
        specs=row.specs,
        services=f"{row.services} {row.typical_results}",
        modes=row.service_modes,
        prices={
            name: fen(str(price))
            for name, listed in classes.items()
            if (price := listed.get("hour")) is not None
        },
    )
