"""Say by which rule the open figures of a year were withheld: another rule draws them up anew."""

import sqlalchemy as sa
from alembic import op

revision = "102_filed"
down_revision = "101_unmet"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rule = sa.Column("rule", sa.String(length=20), server_default="", nullable=False)
    op.add_column("open_publication", rule)
    with op.batch_alter_table("open_publication") as table:
        table.alter_column("rule", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("open_publication") as table:
        table.drop_column("rule")
