"""Note when the owner of a token was told that it ends soon."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "25a_token_warning"
down_revision = "25_webhook"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_token", sa.Column("warned_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("api_token") as table:
        table.drop_column("warned_at")
