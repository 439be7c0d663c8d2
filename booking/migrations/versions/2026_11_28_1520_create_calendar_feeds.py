"""Addresses under which other programs read a calendar; when a closure was put off."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "42_feeds"
down_revision = "41_series"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLE = "calendar_feed"
_SUBJECTS = ("instrument", "lab")


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{_TABLE}_{column}_{to}"))


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=True),
        sa.Column("lab_id", _ID, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "instrument_id IS NULL OR lab_id IS NULL", name=op.f(f"ck_{_TABLE}_one_subject")
        ),
        _refers("person_id", "person"),
        *(_refers(f"{one}_id", one) for one in _SUBJECTS),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("digest", name=op.f(f"uq_{_TABLE}_digest")),
    )
    for one in _SUBJECTS:
        op.create_index(op.f(f"ix_{_TABLE}_{one}_id"), _TABLE, [f"{one}_id"])
    op.create_index(
        f"uq_{_TABLE}_person_subject",
        _TABLE,
        ["person_id", sa.text("coalesce(instrument_id, 0)"), sa.text("coalesce(lab_id, 0)")],
        unique=True,
    )
    op.add_column("closure", sa.Column("extended_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    # Not in a batch: that would make the table anew, without its triggers.
    op.drop_column("closure", "extended_at")
    op.drop_table(_TABLE)
