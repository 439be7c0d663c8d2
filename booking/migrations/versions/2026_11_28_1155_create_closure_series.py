"""Create the table of closures that were planned together."""

import sqlalchemy as sa
from alembic import op

from booking.db.marks import Watched, leave_marks, leave_no_marks
from booking.db.types import UtcDateTime

revision = "28a_closure_series"
down_revision = "28_opening_layers"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CLOSURE = Watched(
    "closure", ("kind", "starts_at", "ends_at", "lifted_at"), starts="starts_at", ends="ends_at"
)


def upgrade() -> None:
    op.create_table(
        "closure_series",
        sa.Column("id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_by", _ID, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f("fk_closure_series_instrument_id_instrument"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_series")),
    )
    op.create_index(
        op.f("ix_closure_series_instrument_id"), "closure_series", ["instrument_id"], unique=False
    )
    # SQLite makes the table anew, so its marks are left again.
    leave_no_marks(op, _CLOSURE)
    with op.batch_alter_table("closure") as table:
        table.add_column(sa.Column("series_id", _ID, nullable=True))
        table.create_foreign_key(
            op.f("fk_closure_series_id_closure_series"), "closure_series", ["series_id"], ["id"]
        )
        table.create_index(op.f("ix_closure_series_id"), ["series_id"], unique=False)
    leave_marks(op, _CLOSURE, into="utilisation_mark")


def downgrade() -> None:
    leave_no_marks(op, _CLOSURE)
    with op.batch_alter_table("closure") as table:
        table.drop_index(op.f("ix_closure_series_id"))
        table.drop_constraint(op.f("fk_closure_series_id_closure_series"), type_="foreignkey")
        table.drop_column("series_id")
    leave_marks(op, _CLOSURE, into="utilisation_mark")
    op.drop_table("closure_series")
