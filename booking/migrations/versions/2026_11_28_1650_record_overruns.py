"""Note overruns and photos of a use, what is said in a dispute, and what policies say of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "48_use"
down_revision = "47_proposals"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HINDERED = sa.text("hindered_id IS NOT NULL")


def upgrade() -> None:
    for column in _of_policies():
        op.add_column("booking_policy", column)
    for column in _of_uses():
        op.add_column("usage_session", column)
    op.create_index(
        "ix_usage_session_hindered_id",
        "usage_session",
        ["hindered_id"],
        sqlite_where=_HINDERED,
        postgresql_where=_HINDERED,
    )
    op.create_table(
        "dispute_message",
        sa.Column("id", _ID, nullable=False),
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("author_id", _ID, nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        *_refer("dispute_message", reservation_id="reservation", author_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_message")),
    )
    op.create_index(
        op.f("ix_dispute_message_reservation_id"), "dispute_message", ["reservation_id"]
    )
    op.create_table(
        "condition_photo",
        sa.Column("id", _ID, nullable=False),
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("taken", sa.String(32), nullable=False),
        sa.Column("large_id", _ID, nullable=False),
        sa.Column("small_id", _ID, nullable=False),
        sa.Column("added_by", _ID, nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        *_refer(
            "condition_photo",
            reservation_id="reservation",
            large_id="stored_file",
            small_id="stored_file",
            added_by="person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_photo")),
    )
    for name in ("reservation_id", "large_id", "small_id"):
        op.create_index(op.f(f"ix_condition_photo_{name}"), "condition_photo", [name])


def downgrade() -> None:
    op.drop_table("condition_photo")
    op.drop_table("dispute_message")
    op.drop_index("ix_usage_session_hindered_id", "usage_session")
    for column in _of_uses():
        op.drop_column("usage_session", column.name)
    for column in _of_policies():
        op.drop_column("booking_policy", column.name)


def _of_policies() -> list[sa.Column[Any]]:
    return [
        sa.Column("ends_itself", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("overrun_grace_minutes", sa.Integer(), nullable=False, server_default="10"),
        sa.Column("overrun_percent", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("confirm_tolerance_minutes", sa.Integer(), nullable=True),
        sa.Column("code_at_place", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]


def _of_uses() -> list[sa.Column[Any]]:
    return [
        sa.Column("overrun_noted_at", UtcDateTime(), nullable=True),
        sa.Column("overrun_minutes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("overrun_fen", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("hindered_id", _ID, nullable=True),
        sa.Column("centre_asked_at", UtcDateTime(), nullable=True),
    ]


def _refer(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]
