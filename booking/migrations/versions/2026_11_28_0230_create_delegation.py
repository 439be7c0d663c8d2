"""Create delegations: a role that a colleague exercises while its holder is away."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "23_delegation"
down_revision = "22_identity_provider"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", _Id, nullable=False),
        sa.Column("delegator_id", _Id, nullable=False),
        sa.Column("delegate_id", _Id, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", _Id, nullable=True),
        sa.Column("lab_id", _Id, nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_delegation_not_empty")),
        sa.CheckConstraint("delegator_id <> delegate_id", name=op.f("ck_delegation_two_people")),
        sa.ForeignKeyConstraint(
            ["delegator_id"], ["person.id"], name=op.f("fk_delegation_delegator_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["person.id"], name=op.f("fk_delegation_delegate_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_delegation_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_delegation_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    for column in ("delegator_id", "delegate_id", "organisation_id", "lab_id"):
        op.create_index(op.f(f"ix_delegation_{column}"), "delegation", [column])


def downgrade() -> None:
    op.drop_table("delegation")
