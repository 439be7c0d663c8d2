"""Keep with a quote what was chosen besides: accessories and a voucher."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Json

revision = "104_chosen"
down_revision = "103_reasons"
branch_labels = None
depends_on = None

_TABLE = "price_quote"


def upgrade() -> None:
    op.add_column(
        _TABLE, sa.Column("accessory_ids", Json, nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column(
        _TABLE, sa.Column("voucher", sa.String(length=24), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column(_TABLE, "voucher")
    op.drop_column(_TABLE, "accessory_ids")
