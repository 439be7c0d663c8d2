"""Note time that was asked for and not given."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import forbid_rewriting
from booking.db.types import Id, Json, UtcDateTime

revision = "92_refusals"
down_revision = "91_late_draws"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refusal",
        sa.Column("id", Id, nullable=False),
        _owner("instrument"),
        _owner("organisation"),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("codes", Json, nullable=False),
        sa.Column("lack", sa.String(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_refusal_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
        sa.UniqueConstraint(
            *("instrument_id", "starts_at", "ends_at", "organisation_id"),
            name=op.f("uq_refusal_instrument_id_starts_at_ends_at_organisation_id"),
        ),
    )
    op.create_index(op.f("ix_refusal_organisation_id"), "refusal", ["organisation_id"])
    forbid_rewriting(op, "refusal")


def _owner(owner: str) -> sa.Column[int]:
    named = op.f(f"fk_refusal_{owner}_id_{owner}")
    return sa.Column(f"{owner}_id", Id, sa.ForeignKey(f"{owner}.id", name=named), nullable=False)


def downgrade() -> None:
    op.drop_table("refusal")
