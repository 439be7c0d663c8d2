"""What the catalogue's search reads: one short row per card, and its n-grams.

PostgreSQL keeps the grams beside the text, under a GIN index. SQLite keeps them in the full-text
table `GRAMS_TABLE`, which only migrations and raw SQL know; `grams` stays empty there.
"""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.instruments.rules.lexicon import Relation

GRAMS_TABLE: Final = "instrument_grams"


def _of_public(column: str) -> sa.Index:
    """An index of what everybody sees; one that began with `is_public` would tempt SQLite to
    read it instead of looking cards up."""
    on_sqlite, on_postgresql = sa.text("is_public = 1"), sa.text("is_public")
    return sa.Index(None, column, sqlite_where=on_sqlite, postgresql_where=on_postgresql)


class InstrumentSearch(SQLModel, table=True):
    """Everything by which a card may be found, as one lower-case text, and what filters ask for."""

    __tablename__ = "instrument_search"
    __table_args__ = (
        # Without a list of grams yet to be filed: each search would read all of it.
        sa.Index(None, "grams", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        _of_public("facets"),
        _of_public("hour_fen"),
    )

    instrument_id: int = Field(primary_key=True, foreign_key="instrument.id", sa_type=Id)
    is_public: bool
    lab_id: int = Field(sa_type=Id)
    category_code: str = Field(max_length=8)
    district: str = Field(max_length=32)
    # Service modes between blanks, ` assisted entrusted `.
    modes: str = Field(max_length=80)
    # `class|district|lab|modes|price band`: what facets count by.
    facets: str = Field(max_length=160)
    # What the general customer pays for an hour, by the price list in force.
    hour_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    # When it must be filed again: the next price list comes into force then.
    refile_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    # Words between blanks; `named_text` includes name, model and aliases, `search_text` all.
    name_text: str = Field(sa_type=sa.Text)
    model_text: str = Field(sa_type=sa.Text)
    named_text: str = Field(sa_type=sa.Text)
    search_text: str = Field(sa_type=sa.Text)
    grams: list[str] | None = Field(
        default=None, sa_type=postgresql.ARRAY(sa.Text()).with_variant(sa.JSON(), "sqlite")
    )


class Synonym(Row, table=True):
    """A word and another: two names of one thing, 扫描电镜 and SEM, or a quantity and what
    measures it, 成分分析 and XRF. Used when a question is read, never when a card is filed."""

    __tablename__ = "synonym"
    __table_args__ = (sa.UniqueConstraint("word", "same_as", "relation"),)

    word: str = Field(max_length=50)
    same_as: str = Field(max_length=50)
    relation: Relation = Field(default=Relation.SAME, sa_type=EnumText(Relation))
    # How the word sounds, in full and by initials, between blanks.
    sounds: str = Field(default="", max_length=400)
    # A number made of the above: the sum over all tells whether any pair has changed.
    mark: int = Field(sa_type=sa.BigInteger)


class SearchWord(Row, table=True):
    """A Latin word that some card has, for those who mistype it."""

    __tablename__ = "search_word"
    __table_args__ = (sa.UniqueConstraint("word"), sa.Index(None, "length", "word"))

    word: str = Field(max_length=32)
    length: int = Field(sa_type=sa.SmallInteger)


class CardChange(Row, table=True):
    """How a card that is public now was filed before it was filed otherwise; nothing, where it was
    not public. Whoever looks for what has come to fit takes these rows away."""

    __tablename__ = "card_change"
    __table_args__ = (sa.UniqueConstraint("instrument_id"),)

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    is_public: bool = False
    lab_id: int = Field(default=0, sa_type=Id)
    category_code: str = Field(default="", max_length=8)
    district: str = Field(default="", max_length=32)
    modes: str = Field(default="", max_length=80)
    hour_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    name_text: str = Field(default="", sa_type=sa.Text)
    model_text: str = Field(default="", sa_type=sa.Text)
    named_text: str = Field(default="", sa_type=sa.Text)
    search_text: str = Field(default="", sa_type=sa.Text)
