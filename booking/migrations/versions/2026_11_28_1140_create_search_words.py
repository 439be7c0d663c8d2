"""File cards by where their words stand, and keep the Latin words for those who mistype them.

Cards that are there are filed anew by the job `refile_cards`; until then they are found by their
whole text, as before.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "29_search_words"
down_revision = "27_instrument_import"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXTS = ("name_text", "model_text", "named_text")
_OLD, _NEW = "uq_synonym_word_same_as", "uq_synonym_word_same_as_relation"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    with op.batch_alter_table("instrument_search") as table:
        table.add_column(
            sa.Column("facets", sa.String(length=160), nullable=False, server_default="||||")
        )
        table.add_column(sa.Column("hour_fen", sa.BigInteger()))
        table.add_column(sa.Column("refile_at", UtcDateTime()))
        for name in _TEXTS:
            table.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=" "))
    moment = sa.table("instrument_search", sa.column("refile_at", UtcDateTime()))
    op.execute(sa.update(moment).values(refile_at=_LONG_AGO))
    with op.batch_alter_table("instrument_search") as table:
        table.alter_column("facets", server_default=None)
        for name in _TEXTS:
            table.alter_column(name, server_default=None)
    for column in ("facets", "hour_fen"):
        op.create_index(
            op.f(f"ix_instrument_search_{column}"),
            "instrument_search",
            [column],
            sqlite_where=sa.text("is_public = 1"),
            postgresql_where=sa.text("is_public"),
        )
    op.create_index(op.f("ix_instrument_search_refile_at"), "instrument_search", ["refile_at"])
    with op.batch_alter_table("synonym") as table:
        table.add_column(
            sa.Column("relation", sa.String(length=32), nullable=False, server_default="same")
        )
        table.add_column(
            sa.Column("sounds", sa.String(length=400), nullable=False, server_default="")
        )
        # Zero is as good as any: whatever is entered or removed changes the sum or the number.
        table.add_column(sa.Column("mark", sa.BigInteger(), nullable=False, server_default="0"))
        table.drop_constraint(_OLD, type_="unique")
        table.create_unique_constraint(_NEW, ["word", "same_as", "relation"])
    with op.batch_alter_table("synonym") as table:
        table.alter_column("relation", server_default=None)
        table.alter_column("sounds", server_default=None)
        table.alter_column("mark", server_default=None)
    op.create_table(
        "search_word",
        sa.Column("id", _ID, nullable=False),
        sa.Column("word", sa.String(length=32), nullable=False),
        sa.Column("length", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_word")),
        sa.UniqueConstraint("word", name=op.f("uq_search_word_word")),
    )
    op.create_index(op.f("ix_search_word_length_word"), "search_word", ["length", "word"])


def downgrade() -> None:
    op.drop_table("search_word")
    op.execute("DELETE FROM synonym WHERE relation <> 'same'")
    with op.batch_alter_table("synonym") as table:
        table.drop_constraint(_NEW, type_="unique")
        table.create_unique_constraint(_OLD, ["word", "same_as"])
        table.drop_column("mark")
        table.drop_column("sounds")
        table.drop_column("relation")
    for column in ("facets", "hour_fen", "refile_at"):
        op.drop_index(op.f(f"ix_instrument_search_{column}"), "instrument_search")
    with op.batch_alter_table("instrument_search") as table:
        for column in (*_TEXTS, "refile_at", "hour_fen", "facets"):
            table.drop_column(column)
