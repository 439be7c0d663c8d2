"""Keep what proves a qualification and what became of it, and whom its end was announced to."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "20_qualification_evidence"
down_revision = "19_stored_file"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNIQUE = "uq_qualification_organisation_id_code_valid_from"
_LIVE = sa.text("state IN ('waiting', 'verified')")
_ADDED = ("file_id", "state", "replaces_id", "returned_by", "returned_at", "return_reason")


def upgrade() -> None:
    with op.batch_alter_table("qualification") as table:
        table.add_column(sa.Column("file_id", _ID))
        table.add_column(
            sa.Column("state", sa.String(length=32), nullable=False, server_default="waiting")
        )
        table.add_column(sa.Column("replaces_id", _ID))
        table.add_column(sa.Column("returned_by", _ID))
        table.add_column(sa.Column("returned_at", UtcDateTime()))
        table.add_column(
            sa.Column("return_reason", sa.String(length=500), nullable=False, server_default="")
        )
        table.create_foreign_key(
            op.f("fk_qualification_file_id_stored_file"), "stored_file", ["file_id"], ["id"]
        )
        table.create_foreign_key(
            op.f("fk_qualification_replaces_id_qualification"),
            "qualification",
            ["replaces_id"],
            ["id"],
        )
        table.drop_constraint(_UNIQUE, type_="unique")
    op.execute("UPDATE qualification SET state = 'verified' WHERE verified_at IS NOT NULL")
    op.create_index(op.f("ix_qualification_file_id"), "qualification", ["file_id"])
    op.create_index(op.f("ix_qualification_replaces_id"), "qualification", ["replaces_id"])
    op.create_index(
        "uq_qualification_live",
        "qualification",
        ["organisation_id", "code", "valid_from", "state"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_table(
        "qualification_notice",
        sa.Column("id", _ID, nullable=False),
        sa.Column("qualification_id", _ID, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["qualification_id"],
            ["qualification.id"],
            name=op.f("fk_qualification_notice_qualification_id_qualification"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification_notice")),
        sa.UniqueConstraint(
            "qualification_id", "days", name=op.f("uq_qualification_notice_qualification_id_days")
        ),
    )


def downgrade() -> None:
    op.drop_table("qualification_notice")
    for index in (
        "uq_qualification_live",
        "ix_qualification_replaces_id",
        "ix_qualification_file_id",
    ):
        op.drop_index(index, "qualification")
    # What was corrected, returned or a correction itself had no place before.
    op.execute("DELETE FROM qualification WHERE state = 'waiting' AND replaces_id IS NOT NULL")
    op.execute("UPDATE qualification SET replaces_id = NULL")
    op.execute("DELETE FROM qualification WHERE state IN ('replaced', 'returned')")
    with op.batch_alter_table("qualification") as table:
        table.drop_constraint("fk_qualification_file_id_stored_file", type_="foreignkey")
        table.drop_constraint("fk_qualification_replaces_id_qualification", type_="foreignkey")
        for column in _ADDED:
            table.drop_column(column)
        table.create_unique_constraint(_UNIQUE, ["organisation_id", "code", "valid_from"])
