"""Create the table of what-ifs that are kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from booking.db.types import UtcDateTime

revision = "66_simulations"
down_revision = "65_differences"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "simulation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("asked", _JSON, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("result", _JSON, nullable=True),
        sa.Column("error", sa.String(length=120), nullable=False),
        sa.Column("asked_by", _ID, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_simulation_counts")),
        sa.CheckConstraint(
            "state <> 'done' OR inputs_sha256 <> ''", name=op.f("ck_simulation_hashed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulation")),
    )
    op.create_index(op.f("ix_simulation_state"), "simulation", ["state"])


def downgrade() -> None:
    op.drop_index(op.f("ix_simulation_state"), table_name="simulation")
    op.drop_table("simulation")
