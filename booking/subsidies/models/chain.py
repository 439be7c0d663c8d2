"""The chain of locked statements; links are written once, and the database refuses one that does
not follow (migration 61)."""

from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from booking.db.types import Id

# There is one chain for the whole platform.
STATEMENTS: Final = "statements"


class StatementChain(SQLModel, table=True):
    """Where the chain ends. Whoever adds to it holds this row until the deed is done."""

    __tablename__ = "statement_chain"

    name: str = Field(primary_key=True, max_length=16)
    position: int = Field(sa_type=sa.BigInteger)
    hash: str = Field(max_length=64)


class StatementLink(SQLModel, table=True):
    """The place of a locked document: what it stands on, and what stands on it."""

    __tablename__ = "statement_link"

    position: int = Field(primary_key=True, sa_type=Id)
    snapshot_id: int = Field(foreign_key="statement_snapshot.id", unique=True, sa_type=Id)
    previous: str = Field(max_length=64, unique=True)
    hash: str = Field(max_length=64)
