"""Create the table of bookings that were made together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from booking.db.types import UtcDateTime

revision = "41_series"
down_revision = "40_national"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_IN_SERIES = sa.text("series_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "reservation_series",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("instrument_id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("skipped", _JSON, nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_reservation_series_not_empty")),
        _to("instrument_id", "instrument"),
        _to("organisation_id", "organisation"),
        _to("created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation_series")),
        sa.UniqueConstraint("number", name=op.f("uq_reservation_series_number")),
    )
    for column in ("instrument_id", "organisation_id"):
        op.create_index(op.f(f"ix_reservation_series_{column}"), "reservation_series", [column])
    # The reference stands at the column: SQLite need not make the table anew, and keeps its marks.
    op.add_column(
        "reservation",
        sa.Column(
            "series_id",
            _ID,
            sa.ForeignKey(
                "reservation_series.id",
                name=op.f("fk_reservation_series_id_reservation_series"),
            ),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(
        "ix_reservation_series_id",
        "reservation",
        ["series_id"],
        sqlite_where=_IN_SERIES,
        postgresql_where=_IN_SERIES,
    )


def downgrade() -> None:
    op.drop_index("ix_reservation_series_id", "reservation")
    op.drop_column("reservation", "series_id")
    op.drop_table("reservation_series")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_reservation_series_{column}_{target}")
    )
