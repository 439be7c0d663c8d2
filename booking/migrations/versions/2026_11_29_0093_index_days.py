"""Find single uses by the day on which they ended, and what was paid for an instrument by day."""

import sqlalchemy as sa
from alembic import op

revision = "93_year_days"
down_revision = "92_refusals"
branch_labels = None
depends_on = None

_PAID = sa.text("live AND instrument_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_usage_session_ended_at", "usage_session", ["ended_at"])
    op.create_index(
        "ix_statement_line_instrument_id_day",
        "statement_line",
        ["instrument_id", "day"],
        sqlite_where=_PAID,
        postgresql_where=_PAID,
    )


def downgrade() -> None:
    op.drop_index("ix_statement_line_instrument_id_day", "statement_line")
    op.drop_index("ix_usage_session_ended_at", "usage_session")
