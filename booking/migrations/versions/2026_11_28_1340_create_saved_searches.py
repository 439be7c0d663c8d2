"""Create the tables of saved searches, and of cards that were filed otherwise."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from booking.db.types import UtcDateTime

revision = "37_saved_searches"
down_revision = "35_needs"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_UNTOLD = sa.text("told_at IS NULL")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    op.create_table(
        "card_change",
        sa.Column("id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("lab_id", _ID, nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=False),
        sa.Column("district", sa.String(length=32), nullable=False),
        sa.Column("modes", sa.String(length=80), nullable=False),
        sa.Column("hour_fen", sa.BigInteger(), nullable=True),
        sa.Column("name_text", sa.Text(), nullable=False),
        sa.Column("model_text", sa.Text(), nullable=False),
        sa.Column("named_text", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        _refers("card_change", "instrument_id", "instrument"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_change")),
        sa.UniqueConstraint("instrument_id", name=op.f("uq_card_change_instrument_id")),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("asked", _JSON, nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _refers("saved_search", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_search_person_id_name")),
    )
    op.create_table(
        "saved_search_card",
        sa.Column("id", _ID, nullable=False),
        sa.Column("search_id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        _refers("saved_search_card", "search_id", "saved_search"),
        _refers("saved_search_card", "instrument_id", "instrument"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search_card")),
        sa.UniqueConstraint(
            "search_id", "instrument_id", name=op.f("uq_saved_search_card_search_id_instrument_id")
        ),
    )
    op.create_index(
        op.f("ix_saved_search_card_instrument_id"), "saved_search_card", ["instrument_id"]
    )
    op.create_index(
        "ix_saved_search_card_untold",
        "saved_search_card",
        ["search_id"],
        sqlite_where=_UNTOLD,
        postgresql_where=_UNTOLD,
    )


def downgrade() -> None:
    op.drop_table("saved_search_card")
    op.drop_table("saved_search")
    op.drop_table("card_change")
