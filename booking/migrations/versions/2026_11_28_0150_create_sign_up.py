"""Create registrations by oneself, and give organisations their licence."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Id, Json, UtcDateTime

revision = "19_sign_up"
down_revision = "20_qualification_evidence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In one statement on both databases: SQLite adds no constraint to a table that is there.
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE organisation ADD COLUMN licence_id {kind} "
        "CONSTRAINT fk_organisation_licence_id_stored_file REFERENCES stored_file (id)"
    )
    op.create_table(
        "sign_up",
        sa.Column("id", Id, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("organisation", Json, nullable=False),
        sa.Column("licence_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["stored_file.id"], name=op.f("fk_sign_up_licence_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
    )
    for column in ("email", "licence_id", "expires_at"):
        op.create_index(op.f(f"ix_sign_up_{column}"), "sign_up", [column])


def downgrade() -> None:
    op.drop_table("sign_up")
    op.execute("ALTER TABLE organisation DROP COLUMN licence_id")
