"""Create the links between people and their identities at a provider."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "22_identity_provider"
down_revision = "21_second_factor"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "identity_link",
        sa.Column("id", _Id, nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("user_id", _Id, nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_identity_link_user_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_link")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_link_issuer_subject")),
        sa.UniqueConstraint("user_id", "issuer", name=op.f("uq_identity_link_user_id_issuer")),
    )


def downgrade() -> None:
    op.drop_table("identity_link")
