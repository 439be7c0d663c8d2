"""Keep with a booking what is owed for time of it that was given back late."""

from alembic import op

revision = "70_given_back"
down_revision = "68_bank_files"
branch_labels = None
depends_on = None


# Both databases add a column with its check in one statement; a rebuilt table would lose triggers.
_COLUMN = (
    "ALTER TABLE reservation ADD COLUMN given_back_fen BIGINT NOT NULL DEFAULT 0"
    " CONSTRAINT ck_reservation_given_back CHECK (given_back_fen >= 0)"
)


def upgrade() -> None:
    op.execute(_COLUMN)


def downgrade() -> None:
    op.drop_column("reservation", "given_back_fen")
