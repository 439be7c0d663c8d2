"""What the catalogue's search reads: one short row per card, and its n-grams.

PostgreSQL keeps the grams beside the text, under a GIN index. SQLite keeps them in the full-text
table `GRAMS_TABLE`, which only migrations and raw SQL know; `grams` stays empty there.
"""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from booking.db.base import Row
from booking.db.types import Id

GRAMS_TABLE: Final = "instrument_grams"


class InstrumentSearch(SQLModel, table=True):
    """Everything by which a card may be found, as one lower-case text, and what filters ask for."""

    __tablename__ = "instrument_search"
    __table_args__ = (sa.Index(None, "grams", postgresql_using="gin"),)

    instrument_id: int = Field(primary_key=True, foreign_key="instrument.id", sa_type=Id)
    is_public: bool
    lab_id: int = Field(sa_type=Id)
    category_code: str = Field(max_length=8)
    district: str = Field(max_length=32)
    # Service modes between blanks, ` assisted entrusted `.
    modes: str = Field(max_length=80)
    search_text: str = Field(sa_type=sa.Text)
    grams: list[str] | None = Field(
        default=None, sa_type=postgresql.ARRAY(sa.Text()).with_variant(sa.JSON(), "sqlite")
    )


class Synonym(Row, table=True):
    """Two names of one thing, 扫描电镜 and SEM: who asks for either finds both."""

    __tablename__ = "synonym"
    __table_args__ = (sa.UniqueConstraint("word", "same_as"),)

    word: str = Field(max_length=50)
    same_as: str = Field(max_length=50)
