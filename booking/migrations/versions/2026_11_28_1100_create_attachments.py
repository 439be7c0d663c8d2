"""Hang pictures and papers on cards."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "31_attachments"
down_revision = "26_closed_account"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "instrument_picture",
        sa.Column("id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("large_id", _ID, nullable=False),
        sa.Column("small_id", _ID, nullable=False),
        sa.Column("caption", sa.String(length=100), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f("fk_instrument_picture_instrument_id_instrument"),
        ),
        sa.ForeignKeyConstraint(
            ["large_id"],
            ["stored_file.id"],
            name=op.f("fk_instrument_picture_large_id_stored_file"),
        ),
        sa.ForeignKeyConstraint(
            ["small_id"],
            ["stored_file.id"],
            name=op.f("fk_instrument_picture_small_id_stored_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_picture")),
        sa.UniqueConstraint(
            "instrument_id", "position", name=op.f("uq_instrument_picture_instrument_id_position")
        ),
    )
    op.create_index(op.f("ix_instrument_picture_large_id"), "instrument_picture", ["large_id"])
    op.create_index(op.f("ix_instrument_picture_small_id"), "instrument_picture", ["small_id"])
    op.create_table(
        "instrument_paper",
        sa.Column("id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=False),
        sa.Column("file_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f("fk_instrument_paper_instrument_id_instrument"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_instrument_paper_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_paper")),
    )
    op.create_index(
        op.f("ix_instrument_paper_instrument_id"), "instrument_paper", ["instrument_id"]
    )
    op.create_index(op.f("ix_instrument_paper_file_id"), "instrument_paper", ["file_id"])


def downgrade() -> None:
    op.drop_table("instrument_paper")
    op.drop_table("instrument_picture")
