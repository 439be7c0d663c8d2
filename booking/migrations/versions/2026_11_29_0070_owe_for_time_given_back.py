"""Keep with a booking what is owed for time of it that was given back late."""

import sqlalchemy as sa
from alembic import op

revision = "70_given_back"
down_revision = "68_bank_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reservation",
        sa.Column("given_back_fen", sa.BigInteger(), nullable=False, server_default="0"),
    )


def downgrade() -> None:
    op.drop_column("reservation", "given_back_fen")
