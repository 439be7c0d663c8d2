"""Keep what labs type of a year, and yearly sheets as they were handed in."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import forbid_rewriting
from booking.db.types import Id, Json, UtcDateTime

revision = "90_yearly_sheets"
down_revision = "76_repayment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_unit",
        sa.Column("id", Id, nullable=False),
        _owner("report_unit", "organisation"),
        sa.Column("school_code", sa.String(length=5), nullable=False),
        sa.CheckConstraint("length(school_code) = 5", name=op.f("ck_report_unit_school_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_unit")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_report_unit_organisation_id")),
    )
    op.create_table(
        "yearly_entry",
        sa.Column("id", Id, nullable=False),
        _owner("yearly_entry", "instrument"),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("entered", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_entry")),
        sa.UniqueConstraint(
            "instrument_id", "period", name=op.f("uq_yearly_entry_instrument_id_period")
        ),
    )
    op.create_table(
        "report_submission",
        sa.Column("id", Id, nullable=False),
        _owner("report_submission", "organisation"),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("submitted_by", Id, nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_report_submission_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_submission")),
        sa.UniqueConstraint(
            *("organisation_id", "period", "version"),
            name=op.f("uq_report_submission_organisation_id_period_version"),
        ),
    )
    forbid_rewriting(op, "report_submission")


def _owner(table: str, owner: str) -> sa.Column[int]:
    named = op.f(f"fk_{table}_{owner}_id_{owner}")
    return sa.Column(f"{owner}_id", Id, sa.ForeignKey(f"{owner}.id", name=named), nullable=False)


def downgrade() -> None:
    for table in ("report_submission", "yearly_entry", "report_unit"):
        op.drop_table(table)
