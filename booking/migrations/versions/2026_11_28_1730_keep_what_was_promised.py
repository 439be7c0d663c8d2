"""Keep of bookings that they were changed late, and of steps of joint ones how long they wait."""

import sqlalchemy as sa
from alembic import op

revision = "52_late_promises"
down_revision = "51_search_index"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reservation",
        sa.Column("stays_late", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "reservation",
        sa.Column("joint_pause_minutes", sa.Integer(), nullable=False, server_default="0"),
    )


def downgrade() -> None:
    op.drop_column("reservation", "joint_pause_minutes")
    op.drop_column("reservation", "stays_late")
