"""Keep what users say of a use; unchanged from the moment it was reported."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import freeze_columns, thaw_columns
from booking.db.types import Id, UtcDateTime

revision = "94_feedback"
down_revision = "93_year_days"
branch_labels = None
depends_on = None

GRADES = ("very_good", "good", "fair", "poor", "very_poor")


def upgrade() -> None:
    grades = ", ".join(f"'{grade}'" for grade in GRADES)
    op.create_table(
        "use_feedback",
        sa.Column("id", Id, nullable=False),
        *(_of(owner) for owner in ("reservation", "instrument", "organisation")),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("comment", sa.String(length=300), nullable=False),
        sa.Column(
            "given_by",
            Id,
            sa.ForeignKey("person.id", name=op.f("fk_use_feedback_given_by_person")),
            nullable=False,
        ),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(f"grade IN ({grades})", name=op.f("ck_use_feedback_grade")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_feedback")),
        sa.UniqueConstraint("reservation_id", name=op.f("uq_use_feedback_reservation_id")),
    )
    op.create_index(op.f("ix_use_feedback_instrument_id"), "use_feedback", ["instrument_id"])
    freeze_columns(
        op, "use_feedback", ("grade", "comment", "reported_at"), when="OLD.reported_at IS NOT NULL"
    )


def _of(owner: str) -> sa.Column[int]:
    named = op.f(f"fk_use_feedback_{owner}_id_{owner}")
    return sa.Column(f"{owner}_id", Id, sa.ForeignKey(f"{owner}.id", name=named), nullable=False)


def downgrade() -> None:
    thaw_columns(op, "use_feedback")
    op.drop_table("use_feedback")
