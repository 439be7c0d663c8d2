"""Create second factors, recovery codes and half sign-ins; mark sessions strong."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "21_second_factor"
down_revision = "19_sign_up"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", _Id, nullable=False),
        sa.Column("user_id", _Id, nullable=False),
        sa.Column("sealed_secret", sa.String(length=300), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("used_step", _Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_second_factor_user_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factor_user_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", _Id, nullable=False),
        sa.Column("user_id", _Id, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_recovery_code_user_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_recovery_code_user_id_digest")),
    )
    op.create_table(
        "half_sign_in",
        sa.Column("id", _Id, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", _Id, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_half_sign_in_user_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_sign_in")),
        sa.UniqueConstraint("digest", name=op.f("uq_half_sign_in_digest")),
    )
    op.create_index(op.f("ix_half_sign_in_user_id"), "half_sign_in", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_half_sign_in_expires_at"), "half_sign_in", ["expires_at"], unique=False
    )
    # Sessions that were open before were opened by one factor.
    op.execute("ALTER TABLE login_session ADD COLUMN strong BOOLEAN NOT NULL DEFAULT false")
    op.execute("ALTER TABLE login_session ADD COLUMN ended_by VARCHAR(32) NOT NULL DEFAULT ''")


def downgrade() -> None:
    op.execute("ALTER TABLE login_session DROP COLUMN ended_by")
    op.execute("ALTER TABLE login_session DROP COLUMN strong")
    op.drop_table("half_sign_in")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
