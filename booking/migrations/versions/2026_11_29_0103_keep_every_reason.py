"""Note a refused request again when it is refused for other reasons."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting

revision = "103_reasons"
down_revision = "102_filed"
branch_labels = None
depends_on = None

_TABLE = "refusal"
_ONCE = "uq_refusal_instrument_id_starts_at_ends_at_organisation_id"
_REQUEST = ["instrument_id", "starts_at", "ends_at", "organisation_id"]
_FOR_LACK, _OTHERWISE = "uq_refusal_for_lack", "uq_refusal_otherwise"


def upgrade() -> None:
    # The table is built anew on SQLite, which loses what refuses to rewrite it.
    allow_rewriting(op, _TABLE)
    with op.batch_alter_table(_TABLE) as batch:
        batch.drop_constraint(op.f(_ONCE), type_="unique")
    _once(_FOR_LACK, _REQUEST, "lack <> 'other'")
    _once(_OTHERWISE, [*_REQUEST, "codes"], "lack = 'other'")
    forbid_rewriting(op, _TABLE)


def downgrade() -> None:
    allow_rewriting(op, _TABLE)
    op.drop_index(_OTHERWISE, table_name=_TABLE)
    op.drop_index(_FOR_LACK, table_name=_TABLE)
    op.execute(
        "DELETE FROM refusal WHERE EXISTS (SELECT 1 FROM refusal AS first "
        "WHERE first.instrument_id = refusal.instrument_id "
        "AND first.starts_at = refusal.starts_at AND first.ends_at = refusal.ends_at "
        "AND first.organisation_id = refusal.organisation_id AND first.id < refusal.id)"
    )
    with op.batch_alter_table(_TABLE) as batch:
        batch.create_unique_constraint(op.f(_ONCE), _REQUEST)
    forbid_rewriting(op, _TABLE)


def _once(name: str, columns: list[str], when: str) -> None:
    where = sa.text(when)
    op.create_index(name, _TABLE, columns, unique=True, sqlite_where=where, postgresql_where=where)
