"""Keep in a session whose account its owner views the site through, why and until when."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "24_impersonation"
down_revision = "23_delegation"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = op.f("fk_login_session_guise_id_person")


def upgrade() -> None:
    with op.batch_alter_table("login_session") as table:
        table.add_column(sa.Column("guise_id", _Id, nullable=True))
        table.add_column(sa.Column("guise_until", UtcDateTime(), nullable=True))
        table.add_column(
            sa.Column("guise_reason", sa.String(length=200), nullable=False, server_default="")
        )
        table.create_foreign_key(_KEY, "person", ["guise_id"], ["id"])
        table.create_index(op.f("ix_login_session_guise_id"), ["guise_id"])


def downgrade() -> None:
    with op.batch_alter_table("login_session") as table:
        table.drop_index(op.f("ix_login_session_guise_id"))
        table.drop_constraint(_KEY, type_="foreignkey")
        table.drop_column("guise_reason")
        table.drop_column("guise_until")
        table.drop_column("guise_id")
