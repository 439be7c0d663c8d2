"""Keep reports on zones of many instruments, so that no process reckons them for itself."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Id, UtcDateTime

revision = "100_zone_reports"
down_revision = "99_open_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zone_report",
        sa.Column("id", Id, nullable=False),
        sa.Column("asked", sa.String(length=200), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_report")),
        sa.UniqueConstraint("asked", name=op.f("uq_zone_report_asked")),
    )


def downgrade() -> None:
    op.drop_table("zone_report")
