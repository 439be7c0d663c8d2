"""Let companies ask to draw their credit lines for charges; the bank's record ends the asking."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import forbid_rewriting, freeze_columns
from booking.db.types import Id, UtcDateTime

revision = "75_draws"
down_revision = "73_vouchers"
branch_labels = None
depends_on = None

_SAID = ("number", "credit_line_id", "charge_id", "amount_fen", "charge_fen", "share")
_LIVE = sa.text("state IN ('asked', 'confirmed')")


def upgrade() -> None:
    op.add_column(
        "credit_line",
        sa.Column("draw_share", sa.String(length=16), nullable=False, server_default="1"),
    )
    with op.batch_alter_table("credit_line") as batch:
        batch.alter_column("draw_share", existing_type=sa.String(length=16), server_default=None)
    op.create_table(
        "draw_request",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("credit_line_id", Id, nullable=False),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("charge_fen", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_by", Id, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("bank_record_id", Id, nullable=True),
        sa.Column("ended_by", Id, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "amount_fen > 0 AND amount_fen <= charge_fen", name=op.f("ck_draw_request_amount")
        ),
        sa.CheckConstraint(
            "(state = 'confirmed') = (bank_record_id IS NOT NULL)",
            name=op.f("ck_draw_request_told"),
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (ended_at IS NULL)", name=op.f("ck_draw_request_ended")
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_draw_request_{table}_id_{table}")
            )
            for table in ("credit_line", "charge", "bank_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_request")),
        sa.UniqueConstraint("number", name=op.f("uq_draw_request_number")),
        sa.UniqueConstraint("bank_record_id", name=op.f("uq_draw_request_bank_record_id")),
    )
    op.create_index(
        "uq_draw_request_live",
        "draw_request",
        ["charge_id"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_index(
        op.f("ix_draw_request_credit_line_id_state"), "draw_request", ["credit_line_id", "state"]
    )
    op.create_index(op.f("ix_draw_request_state_id"), "draw_request", ["state", "id"])
    # What was asked stays as it was; what ended stays ended.
    freeze_columns(op, "draw_request", _SAID, when="OLD.id IS NOT NULL")
    forbid_rewriting(op, "draw_request", when="OLD.state <> 'asked'")


def downgrade() -> None:
    op.drop_table("draw_request")
    with op.batch_alter_table("credit_line") as batch:
        batch.drop_column("draw_share")
