"""File grams into their index at once: a list of those yet to be filed is read by every search."""

from alembic import op

revision = "51_search_index"
down_revision = "50_joint"
branch_labels = None
depends_on = None

_INDEX = "ix_instrument_search_grams"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {_INDEX} SET (fastupdate = off)")
        # What waits on the list already would stay there until the next vacuum.
        op.execute(f"SELECT gin_clean_pending_list('{_INDEX}')")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {_INDEX} RESET (fastupdate)")
