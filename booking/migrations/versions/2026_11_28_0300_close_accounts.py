"""Note when an account was closed, and when its person was made anonymous."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "26_closed_account"
down_revision = "25a_token_warning"
branch_labels = None
depends_on = None

_CLOSED = "ck_person_closed_or_active"
_ANONYMISED = "ck_person_anonymised_closed"
_WAITING = sa.text("closed_at IS NOT NULL AND anonymised_at IS NULL")


def upgrade() -> None:
    op.add_column("person", sa.Column("closed_at", UtcDateTime(), nullable=True))
    op.add_column("person", sa.Column("anonymised_at", UtcDateTime(), nullable=True))
    # When is not known; at the latest when the person was last made.
    op.execute("UPDATE person SET closed_at = created_at WHERE NOT active")
    with op.batch_alter_table("person") as table:
        table.create_check_constraint(op.f(_CLOSED), "active = (closed_at IS NULL)")
        table.create_check_constraint(op.f(_ANONYMISED), "anonymised_at IS NULL OR NOT active")
    op.create_index(
        "ix_person_closed",
        "person",
        ["closed_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_person_closed", "person")
    with op.batch_alter_table("person") as table:
        table.drop_constraint(op.f(_ANONYMISED), type_="check")
        table.drop_constraint(op.f(_CLOSED), type_="check")
        table.drop_column("anonymised_at")
        table.drop_column("closed_at")
