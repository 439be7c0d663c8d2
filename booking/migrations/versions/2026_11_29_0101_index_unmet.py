"""Find refusals by when they lie, and by an index whether who was refused booked soon after."""

import sqlalchemy as sa
from alembic import op

revision = "101_unmet"
down_revision = "99_open_figures"
branch_labels = None
depends_on = None

_ANSWERS = "ix_reservation_instrument_id_organisation_id_created_at"


def upgrade() -> None:
    op.create_index(_ANSWERS, "reservation", ["instrument_id", "organisation_id", "created_at"])
    op.create_index("ix_refusal_starts_at", "refusal", ["starts_at"])
    op.create_index(
        "ix_refusal_long",
        "refusal",
        ["ends_at"],
        sqlite_where=sa.text("ends_at - starts_at > 172800000000"),
        postgresql_where=sa.text("ends_at - starts_at > INTERVAL '48 hours'"),
    )


def downgrade() -> None:
    op.drop_index("ix_refusal_long", "refusal")
    op.drop_index("ix_refusal_starts_at", "refusal")
    op.drop_index(_ANSWERS, "reservation")
