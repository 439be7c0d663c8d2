"""Keep what is typed of records of reports, and reports as they were handed in."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import forbid_rewriting
from booking.db.types import Id, Json, UtcDateTime

revision = "97_service_records"
down_revision = "96_voucher_postings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_entry",
        *_of_report("report_entry"),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("entered", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_entry")),
        sa.UniqueConstraint(
            *("kind", "organisation_id", "period", "subject"),
            name=op.f("uq_report_entry_kind_organisation_id_period_subject"),
        ),
    )
    op.create_table(
        "report_filing",
        *_of_report("report_filing"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.Column("corrections", Json, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("submitted_by", Id, nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_report_filing_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_filing")),
        sa.UniqueConstraint(
            *("kind", "organisation_id", "period", "version"),
            name=op.f("uq_report_filing_kind_organisation_id_period_version"),
        ),
    )
    op.create_index(
        "uq_report_filing_zone",
        "report_filing",
        ["kind", "period", "version"],
        unique=True,
        sqlite_where=sa.text("organisation_id IS NULL"),
        postgresql_where=sa.text("organisation_id IS NULL"),
    )
    forbid_rewriting(op, "report_filing")


def _of_report(table: str) -> list[sa.Column[int]]:
    named = op.f(f"fk_{table}_organisation_id_organisation")
    owner = sa.ForeignKey("organisation.id", name=named)
    return [
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", Id, owner, nullable=True),
        sa.Column("period", sa.String(length=8), nullable=False),
    ]


def downgrade() -> None:
    for table in ("report_filing", "report_entry"):
        op.drop_table(table)
