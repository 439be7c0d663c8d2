"""Keep who asks to be trained, sessions, and who may operate what until when."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "32_training"
down_revision = "28a_closure_series"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state IN ('waiting', 'scheduled')")
_IN_FORCE = sa.text("state = 'in_force'")


def upgrade() -> None:
    op.create_table(
        "training_session",
        sa.Column("id", _Id, nullable=False),
        sa.Column("instrument_id", _Id, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("trainer", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("closure_id", _Id, nullable=True),
        sa.Column("planned_by", _Id, nullable=True),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", _Id, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_training_session_not_empty")),
        sa.CheckConstraint("seats BETWEEN 1 AND 200", name=op.f("ck_training_session_seats")),
        _to("training_session", "instrument_id", "instrument"),
        _to("training_session", "closure_id", "closure"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_session")),
    )
    op.create_index(
        op.f("ix_training_session_instrument_id_starts_at"),
        "training_session",
        ["instrument_id", "starts_at"],
    )
    op.create_index(op.f("ix_training_session_closure_id"), "training_session", ["closure_id"])
    op.create_table(
        "training_request",
        sa.Column("id", _Id, nullable=False),
        sa.Column("instrument_id", _Id, nullable=False),
        sa.Column("person_id", _Id, nullable=False),
        sa.Column("organisation_id", _Id, nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("session_id", _Id, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", _Id, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        _to("training_request", "instrument_id", "instrument"),
        _to("training_request", "person_id", "person"),
        _to("training_request", "organisation_id", "organisation"),
        _to("training_request", "session_id", "training_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_request")),
    )
    op.create_index(
        op.f("ix_training_request_instrument_id_state"),
        "training_request",
        ["instrument_id", "state"],
    )
    op.create_table(
        "training_grant",
        sa.Column("id", _Id, nullable=False),
        sa.Column("instrument_id", _Id, nullable=False),
        sa.Column("person_id", _Id, nullable=False),
        sa.Column("organisation_id", _Id, nullable=False),
        sa.Column("session_id", _Id, nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_by", _Id, nullable=True),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("practised_at", UtcDateTime(), nullable=False),
        sa.Column("told_end", UtcDateTime(), nullable=True),
        sa.Column("told_days", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ended_by", _Id, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        _to("training_grant", "instrument_id", "instrument"),
        _to("training_grant", "person_id", "person"),
        _to("training_grant", "organisation_id", "organisation"),
        _to("training_grant", "session_id", "training_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_grant")),
    )
    for table, name, condition in (
        ("training_request", "open", _OPEN),
        ("training_grant", "in_force", _IN_FORCE),
    ):
        op.create_index(
            f"uq_{table}_{name}",
            table,
            ["instrument_id", "person_id"],
            unique=True,
            sqlite_where=condition,
            postgresql_where=condition,
        )
        for column in ("person_id", "organisation_id", "session_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table in ("training_grant", "training_request", "training_session"):
        op.drop_table(table)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )
