"""Let booking policies state a smallest time between bookings, and what quotas do not count."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "44_rules"
down_revision = "43_waitlist"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_WHOLE_NUMBERS = ("uncounted_within_minutes", "person_gap_minutes", "organisation_gap_minutes")


def upgrade() -> None:
    for name in _WHOLE_NUMBERS:
        column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("booking_policy", column)
    op.add_column(
        "booking_policy",
        sa.Column("uncounted_off_peak", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "booking_policy", sa.Column("peak_hours", _JSON, nullable=False, server_default="[]")
    )


def downgrade() -> None:
    for name in ("peak_hours", "uncounted_off_peak", *_WHOLE_NUMBERS):
        op.drop_column("booking_policy", name)
