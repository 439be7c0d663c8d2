"""Create the table of bookings of several instruments that stand or fall together."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "50_joint"
down_revision = "49_notices"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JOINT = sa.text("joint_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "joint_booking",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _to("organisation_id", "organisation"),
        _to("created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_booking")),
        sa.UniqueConstraint("number", name=op.f("uq_joint_booking_number")),
    )
    op.create_index(op.f("ix_joint_booking_organisation_id"), "joint_booking", ["organisation_id"])
    op.add_column(
        "reservation",
        sa.Column(
            "joint_id",
            _ID,
            sa.ForeignKey("joint_booking.id", name=op.f("fk_reservation_joint_id_joint_booking")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(
        "ix_reservation_joint_id",
        "reservation",
        ["joint_id"],
        sqlite_where=_JOINT,
        postgresql_where=_JOINT,
    )


def downgrade() -> None:
    op.drop_index("ix_reservation_joint_id", "reservation")
    op.drop_column("reservation", "joint_id")
    op.drop_table("joint_booking")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_joint_booking_{column}_{target}")
    )
