"""Create what the catalogue's search reads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "055_instrument_search"
down_revision = "05_instruments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instrument_search",
        sa.Column(
            "instrument_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("lab_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=False),
        sa.Column("district", sa.String(length=32), nullable=False),
        sa.Column("modes", sa.String(length=80), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column(
            "grams", postgresql.ARRAY(sa.Text()).with_variant(sa.JSON(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f("fk_instrument_search_instrument_id_instrument"),
        ),
        sa.PrimaryKeyConstraint("instrument_id", name=op.f("pk_instrument_search")),
    )
    op.create_index(
        op.f("ix_instrument_search_grams"),
        "instrument_search",
        ["grams"],
        unique=False,
        postgresql_using="gin",
    )
    if op.get_bind().dialect.name == "sqlite":
        # Tokens are plain letters and digits made by ourselves, so the simplest tokeniser is right.
        op.execute(
            "CREATE VIRTUAL TABLE instrument_grams "
            "USING fts5(grams, tokenize='ascii', detail=none, columnsize=0)"
        )
    op.create_table(
        "synonym",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("word", sa.String(length=50), nullable=False),
        sa.Column("same_as", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym")),
        sa.UniqueConstraint("word", "same_as", name=op.f("uq_synonym_word_same_as")),
    )


def downgrade() -> None:
    op.drop_table("synonym")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE instrument_grams")
    op.drop_table("instrument_search")
