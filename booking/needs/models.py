"""Tables of needs, of what labs offer, and of searches that people save."""

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.needs.states import NeedState, OfferState

_OFFERED: Final = sa.text("state = 'offered'")
_ACCEPTED: Final = sa.text("state = 'accepted'")
_UNTOLD: Final = sa.text("told_at IS NULL")


class Need(Row, table=True):
    """What a company wants to have measured, until when."""

    __tablename__ = "need"
    __table_args__ = (sa.Index(None, "state", "by_day"),)

    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    created_by: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    what: str = Field(max_length=200)
    material: str = Field(default="", max_length=100)
    # How exact, or by which standard: GB/T 16594-2008.
    accuracy: str = Field(default="", max_length=200)
    by_day: date
    samples: int = Field(default=0)
    district: str = Field(max_length=32)
    state: NeedState = Field(default=NeedState.OPEN, sa_type=EnumText(NeedState))
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When the labs that it fits were told.
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class NeedOffer(Row, table=True):
    """What a lab answers; one that is not decided per lab and need, one accepted per need."""

    __tablename__ = "need_offer"
    __table_args__ = (
        sa.Index(
            "uq_need_offer_standing",
            *("need_id", "lab_id"),
            unique=True,
            sqlite_where=_OFFERED,
            postgresql_where=_OFFERED,
        ),
        sa.Index(
            "uq_need_offer_accepted",
            "need_id",
            unique=True,
            sqlite_where=_ACCEPTED,
            postgresql_where=_ACCEPTED,
        ),
    )

    need_id: int = Field(foreign_key="need.id", index=True, sa_type=Id)
    lab_id: int = Field(foreign_key="lab.id", index=True, sa_type=Id)
    instrument_id: int | None = Field(
        default=None, foreign_key="instrument.id", index=True, sa_type=Id
    )
    words: str = Field(max_length=2000)
    price_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    until: date
    state: OfferState = Field(default=OfferState.OFFERED, sa_type=EnumText(OfferState))
    created_by: int | None = Field(default=None, foreign_key="person.id", sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SavedSearch(Row, table=True):
    """A search of the catalogue under a name; `asked` is what its address asks, without times."""

    __tablename__ = "saved_search"
    __table_args__ = (sa.UniqueConstraint("person_id", "name"),)

    person_id: int = Field(foreign_key="person.id", sa_type=Id)
    name: str = Field(max_length=60)
    asked: dict[str, str] = Field(sa_type=Json)
    paused: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)


class SavedSearchCard(Row, table=True):
    """A card that a search found, once and for all; what it found before anybody could be told
    counts as told."""

    __tablename__ = "saved_search_card"
    __table_args__ = (
        sa.UniqueConstraint("search_id", "instrument_id"),
        sa.Index(
            "ix_saved_search_card_untold",
            "search_id",
            sqlite_where=_UNTOLD,
            postgresql_where=_UNTOLD,
        ),
    )

    search_id: int = Field(foreign_key="saved_search.id", sa_type=Id)
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    found_at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def _table(model: type[SQLModel]) -> sa.Table:
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    assert isinstance(table, sa.Table)  # noqa: S101 - narrows a type
    return table


NEED: Final = _table(Need)
OFFER: Final = _table(NeedOffer)
SAVED: Final = _table(SavedSearch)
SAVED_CARD: Final = _table(SavedSearchCard)
