"""Let companies withdraw applications and say something; papers stay as they were judged."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import freeze_columns, thaw_columns
from booking.db.refusals import allow_again, refuse_delete, refuse_insert

revision = "78_applications"
down_revision = "77_waitlist_wishes"
branch_labels = None
depends_on = None

_TABLE = "programme_application"
_INDEX, _CHECK = "uq_programme_application_live", "ck_programme_application_handed_in"
_BEFORE = (
    *("programme_version_id", "organisation_id", "state", "reason", "covers_from"),
    *("handed_in_by", "handed_in_at", "decided_by", "decided_at"),
)
_HANDED_IN = "(handed_in_by IS NOT NULL AND handed_in_at IS NOT NULL AND covers_from IS NOT NULL)"
_CLOSED = (
    "(SELECT state FROM programme_application WHERE id = {row}.application_id) "
    "NOT IN ('draft', 'returned')"
)


def upgrade() -> None:
    thaw_columns(op, _TABLE)
    op.drop_index(_INDEX, table_name=_TABLE)
    with op.batch_alter_table(_TABLE) as batch:
        batch.add_column(
            sa.Column("note", sa.String(length=1000), nullable=False, server_default="")
        )
        batch.drop_constraint(op.f(_CHECK), type_="check")
        batch.create_check_constraint(
            op.f(_CHECK), f"state IN ('draft', 'withdrawn') OR {_HANDED_IN}"
        )
    with op.batch_alter_table(_TABLE) as batch:
        batch.alter_column("note", server_default=None)
    _index("state NOT IN ('refused', 'withdrawn')")
    freeze_columns(
        op, _TABLE, (*_BEFORE, "note"), when="OLD.state IN ('accepted', 'refused', 'withdrawn')"
    )
    refuse_insert(op, "application_file", "application_file_late", when=_CLOSED.format(row="NEW"))
    refuse_delete(op, "application_file", "application_file_kept", when=_CLOSED.format(row="OLD"))


def downgrade() -> None:
    allow_again(op, "application_file", "application_file_kept")
    allow_again(op, "application_file", "application_file_late")
    thaw_columns(op, _TABLE)
    op.drop_index(_INDEX, table_name=_TABLE)
    op.execute(
        "DELETE FROM application_file WHERE application_id IN "
        "(SELECT id FROM programme_application WHERE state = 'withdrawn')"
    )
    op.execute("DELETE FROM programme_application WHERE state = 'withdrawn'")
    with op.batch_alter_table(_TABLE) as batch:
        batch.drop_constraint(op.f(_CHECK), type_="check")
        batch.create_check_constraint(op.f(_CHECK), f"state = 'draft' OR {_HANDED_IN}")
        batch.drop_column("note")
    _index("state <> 'refused'")
    freeze_columns(op, _TABLE, _BEFORE, when="OLD.state IN ('accepted', 'refused')")


def _index(live: str) -> None:
    op.create_index(
        _INDEX,
        _TABLE,
        ["programme_version_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text(live),
        postgresql_where=sa.text(live),
    )
