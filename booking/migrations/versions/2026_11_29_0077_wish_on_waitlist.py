"""Let places in line carry what a booking carries, and offers their price."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Json

revision = "77_waitlist_wishes"
down_revision = "76_repayment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "waitlist_entry", sa.Column("consumables", Json, nullable=False, server_default="{}")
    )
    op.add_column(
        "waitlist_entry", sa.Column("helper_ids", Json, nullable=False, server_default="[]")
    )
    op.add_column("waitlist_offer", sa.Column("total_fen", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("waitlist_offer", "total_fen")
    op.drop_column("waitlist_entry", "helper_ids")
    op.drop_column("waitlist_entry", "consumables")
