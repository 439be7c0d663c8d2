"""File cards for the catalogue's search, whenever what they can be found by has changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.inserts import insert_or_lock, insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.models.search import CardChange, SearchWord
from booking.instruments.models.tables import CARD_CHANGE, INSTRUMENT, SEARCH
from booking.instruments.queries.filing import (
    Indexable,
    ListPrice,
    due_again,
    indexable,
    list_prices,
)
from booking.instruments.rules.price_bands import band_of
from booking.instruments.rules.spelling import worth_knowing
from booking.instruments.states import PUBLIC

_AT_ONCE: Final = 500
_NO_LIST: Final = ListPrice(None, None)
_FOUND_BY: Final = tuple(name for name in CARD_CHANGE.c.keys() if name != "id")  # noqa: SIM118
_NEVER_FILED: Final = CardChange(instrument_id=0).model_dump(exclude={"id"})
_FORGET_GRAMS: Final = sa.text("DELETE FROM instrument_grams WHERE rowid = :instrument_id")
# PostgreSQL takes the pieces apart itself: sending a thousand of a card one by one takes longer.
_INSERT: Final = sa.insert(SEARCH).values(
    grams=sa.func.string_to_array(sa.bindparam("pieces", type_=sa.Text()), " ")
)
_FILE_GRAMS: Final = sa.text(
    "INSERT INTO instrument_grams (rowid, grams) VALUES (:instrument_id, :grams)"
)


def index_cards(
    uow: UnitOfWork, instrument_ids: Collection[int], *, now: datetime | None = None
) -> int:
    """File these cards anew, with the prices of now or of their last change; how many."""
    ids = sorted(instrument_ids)
    for start in range(0, len(ids), _AT_ONCE):
        some = indexable(uow.session, INSTRUMENT.c.id.in_(ids[start : start + _AT_ONCE]))
        moments = {card.id: now or card.updated_at for card in some}
        file_cards(uow.session, some, list_prices(uow.session, moments))
    return len(ids)


def index_cards_of(
    uow: UnitOfWork, *, lab_id: int | None = None, organisation_id: int | None = None
) -> int:
    """File the cards of a lab or a provider anew, whose name is part of what they are found by."""
    lab_table = sa.table("lab", sa.column("id"), sa.column("organisation_id"))
    labs = sa.select(lab_table.c.id).where(lab_table.c.organisation_id == organisation_id)
    which = INSTRUMENT.c.lab_id == lab_id if lab_id else INSTRUMENT.c.lab_id.in_(labs)
    return index_cards(
        uow, uow.session.execute(sa.select(INSTRUMENT.c.id).where(which)).scalars().all()
    )


def index_due_cards(uow: UnitOfWork, *, now: datetime) -> int:
    """File some of the cards anew whose filing is out of date."""
    return index_cards(uow, due_again(uow.session, now, limit=_AT_ONCE), now=now)


def file_cards(
    session: Session, cards: Sequence[Indexable], prices: Mapping[int, ListPrice]
) -> None:
    """Write what the search reads of these cards."""
    if not cards:
        return
    ids = [card.id for card in cards]
    grams = {card.id: " ".join(card.filing.grams()) for card in cards}
    rows = [_row(card, prices.get(card.id, _NO_LIST)) for card in cards]
    _note_changes(session, dict(zip(ids, rows, strict=True)))
    session.execute(sa.delete(SEARCH).where(SEARCH.c.instrument_id.in_(ids)))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.insert(SEARCH), rows)
        session.execute(_FORGET_GRAMS, [{"instrument_id": one} for one in ids])
        session.execute(_FILE_GRAMS, [{"instrument_id": one, "grams": grams[one]} for one in ids])
    else:
        session.execute(_INSERT, [row | {"pieces": grams[row["instrument_id"]]} for row in rows])
    _note_words(session, cards)


def _note_changes(session: Session, rows: Mapping[int, Mapping[str, object]]) -> None:
    """Keep how public cards were filed before, where that was otherwise."""
    public = {one: row for one, row in rows.items() if row["is_public"]}
    known = sa.select(*(SEARCH.c[name] for name in _FOUND_BY)).where(
        SEARCH.c.instrument_id.in_(public), SEARCH.c.is_public
    )
    before = {row.instrument_id: dict(row._mapping) for row in session.execute(known)}
    # In one order, so that two who file the same cards wait and never lock each other out.
    changed = [
        {**_NEVER_FILED, "instrument_id": one, **before.get(one, {})}
        for one in sorted(public)
        if one not in before or any(before[one][name] != public[one][name] for name in _FOUND_BY)
    ]
    insert_or_lock(session, CardChange, changed, key="instrument_id")


def _row(card: Indexable, price: ListPrice) -> dict[str, Any]:
    modes = " ".join(card.service_modes)
    kind = card.category_code[:2]
    return {
        "instrument_id": card.id,
        "is_public": card.state in PUBLIC,
        "lab_id": card.lab_id,
        "category_code": card.category_code,
        "district": card.district,
        "modes": f" {modes} ",
        "facets": f"{kind}|{card.district}|{card.lab_id}|{modes}|{band_of(price.hour_fen)}",
        "hour_fen": price.hour_fen,
        "refile_at": price.next_at,
        "name_text": card.filing.name,
        "model_text": card.filing.model,
        "named_text": card.filing.named,
        "search_text": card.filing.anywhere,
    }


def _note_words(session: Session, cards: Sequence[Indexable]) -> None:
    # In one order, so that two who write the same words wait and never lock each other out.
    words = {word for card in cards for word in card.filing.anywhere.split()}
    rows = [{"word": w, "length": len(w)} for w in sorted(words) if worth_knowing(w)]
    insert_unless_exists(session, SearchWord, rows)
