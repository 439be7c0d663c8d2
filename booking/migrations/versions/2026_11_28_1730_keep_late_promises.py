"""Remember bookings whose promised time was changed when giving it back cost something already."""

import sqlalchemy as sa
from alembic import op

revision = "52_late_promises"
down_revision = "50_joint"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reservation",
        sa.Column("stays_late", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("reservation", "stays_late")
