"""Keep open figures as they were published, year by year; find what was rolled up last."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Id, Json, UtcDateTime

revision = "99_open_figures"
down_revision = "98_deadlines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_publication",
        sa.Column("id", Id, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("through", sa.String(length=7), nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_publication")),
        sa.UniqueConstraint("year", name=op.f("uq_open_publication_year")),
    )
    op.create_index(op.f("ix_instrument_month_computed_at"), "instrument_month", ["computed_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_instrument_month_computed_at"), "instrument_month")
    op.drop_table("open_publication")
