"""File cards for the catalogue's search, whenever what they can be found by has changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.models.search import Synonym
from booking.instruments.models.tables import INSTRUMENT, SEARCH
from booking.instruments.queries.filing import Indexable, indexable, synonyms
from booking.instruments.rules.searching import grams_of, search_text, with_synonyms
from booking.instruments.states import PUBLIC

_AT_ONCE: Final = 500
_FORGET_GRAMS: Final = sa.text("DELETE FROM instrument_grams WHERE rowid = :instrument_id")
_FILE_GRAMS: Final = sa.text(
    "INSERT INTO instrument_grams (rowid, grams) VALUES (:instrument_id, :grams)"
)


@dataclass(frozen=True, slots=True)
class _Filed:
    card: Indexable
    text: str

    def row(self, *, with_grams: bool) -> dict[str, object]:
        card = self.card
        return {
            "instrument_id": card.id,
            "is_public": card.state in PUBLIC,
            "lab_id": card.lab_id,
            "category_code": card.category_code,
            "district": card.district,
            "modes": f" {' '.join(card.service_modes)} ",
            "search_text": self.text,
            "grams": grams_of(self.text) if with_grams else None,
        }


def index_cards(uow: UnitOfWork, instrument_ids: Collection[int]) -> int:
    """File these cards anew; how many were filed."""
    ids = sorted(instrument_ids)
    for start in range(0, len(ids), _AT_ONCE):
        _file(uow.session, INSTRUMENT.c.id.in_(ids[start : start + _AT_ONCE]))
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


def set_synonyms(uow: UnitOfWork, pairs: Sequence[tuple[str, str]]) -> int:
    """Make these the other names of things; every card is filed anew."""
    uow.session.execute(sa.delete(Synonym))
    insert_unless_exists(
        uow.session, Synonym, [{"word": word, "same_as": other} for word, other in pairs]
    )
    return index_cards(uow, uow.session.execute(sa.select(INSTRUMENT.c.id)).scalars().all())


def _file(session: Session, which: sa.ColumnElement[bool]) -> None:
    pairs = synonyms(session)
    filed = [_Filed(card, _text_of(card, pairs)) for card in indexable(session, which)]
    if not filed:
        return
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    ids = [one.card.id for one in filed]
    session.execute(sa.delete(SEARCH).where(SEARCH.c.instrument_id.in_(ids)))
    session.execute(sa.insert(SEARCH), [one.row(with_grams=not on_sqlite) for one in filed])
    if on_sqlite:
        session.execute(_FORGET_GRAMS, [{"instrument_id": one} for one in ids])
        grams = [{"instrument_id": f.card.id, "grams": " ".join(grams_of(f.text))} for f in filed]
        session.execute(_FILE_GRAMS, grams)


def _text_of(card: Indexable, pairs: Sequence[tuple[str, str]]) -> str:
    spoken = with_synonyms(card.spoken, pairs)
    return search_text((*spoken, *card.written), spoken=spoken)
