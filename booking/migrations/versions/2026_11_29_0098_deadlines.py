"""Remember of which reports somebody was reminded."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Id, UtcDateTime

revision = "98_deadlines"
down_revision = "97_service_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    named = op.f("fk_report_reminder_organisation_id_organisation")
    owner = sa.ForeignKey("organisation.id", name=named)
    op.create_table(
        "report_reminder",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", Id, owner, nullable=True),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("reminded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_reminder")),
        sa.UniqueConstraint(
            *("kind", "organisation_id", "period"),
            name=op.f("uq_report_reminder_kind_organisation_id_period"),
        ),
    )
    op.create_index(
        "uq_report_reminder_zone",
        "report_reminder",
        ["kind", "period"],
        unique=True,
        sqlite_where=sa.text("organisation_id IS NULL"),
        postgresql_where=sa.text("organisation_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("report_reminder")
