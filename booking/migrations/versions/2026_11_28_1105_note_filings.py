"""Note how the filing of an instrument stands, and what other schemes call it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "31a_filings"
down_revision = "31_attachments"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_ADDED = ("other_codes", "filed_on", "filing_number", "filing_exemption", "filing_told")


def upgrade() -> None:
    op.add_column(
        "instrument", sa.Column("other_codes", _JSON, nullable=False, server_default="{}")
    )
    op.add_column("instrument", sa.Column("filed_on", sa.Date()))
    op.add_column("instrument", sa.Column("filing_told", sa.Integer()))
    for name, length in (("filing_number", 40), ("filing_exemption", 300)):
        op.add_column(
            "instrument",
            sa.Column(name, sa.String(length=length), nullable=False, server_default=""),
        )


def downgrade() -> None:
    # Not in a batch: that would make the table anew, without its triggers.
    for column in _ADDED:
        op.drop_column("instrument", column)
