"""Create the credit score: its rules, its entries, appeals."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import Json, UtcDateTime

revision = "45_credit"
down_revision = "44_rules"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FIRST_HAND = sa.text("annuls_id IS NULL")
_WAITING = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "credit_rules",
        sa.Column("id", _ID, nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("start_score", sa.Integer(), nullable=False),
        sa.Column("loss_days", sa.Integer(), nullable=False),
        sa.Column("gain_days", sa.Integer(), nullable=False),
        sa.Column("restore_most", sa.Integer(), nullable=False),
        sa.Column("approval_below", sa.Integer(), nullable=True),
        sa.Column("refuse_below", sa.Integer(), nullable=True),
        sa.Column("late_start_minutes", sa.Integer(), nullable=False),
        sa.Column("publishes_labs", sa.Boolean(), nullable=False),
        sa.Column("points", Json, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("set_by", _ID, nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "start_score > 0 AND restore_most >= 0", name=op.f("ck_credit_rules_figures")
        ),
        sa.CheckConstraint("loss_days > 0 AND gain_days > 0", name=op.f("ck_credit_rules_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_rules")),
    )
    op.create_index(op.f("ix_credit_rules_valid_from"), "credit_rules", ["valid_from"])
    _create_entries()
    _create_appeals()


def downgrade() -> None:
    for name in ("credit_appeal", "credit_entry", "credit_rules"):
        op.drop_table(name)


def _create_entries() -> None:
    op.create_table(
        "credit_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=True),
        sa.Column("lab_id", _ID, nullable=True),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reservation_number", sa.String(length=24), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("lapses_at", UtcDateTime(), nullable=False),
        sa.Column("rules_id", _ID, nullable=False),
        sa.Column("annuls_id", _ID, nullable=True),
        *_keys(
            "credit_entry",
            organisation_id="organisation",
            lab_id="lab",
            person_id="person",
            rules_id="credit_rules",
            annuls_id="credit_entry",
        ),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (lab_id IS NULL)",
            name=op.f("ck_credit_entry_one_subject"),
        ),
        sa.UniqueConstraint("annuls_id", name=op.f("uq_credit_entry_annuls_id")),
    )
    op.create_index(
        "uq_credit_entry_fact",
        "credit_entry",
        ["cause", "reservation_number"],
        unique=True,
        sqlite_where=_FIRST_HAND,
        postgresql_where=_FIRST_HAND,
    )
    op.create_index(
        op.f("ix_credit_entry_organisation_id_lapses_at"),
        "credit_entry",
        ["organisation_id", "lapses_at"],
    )
    op.create_index(
        op.f("ix_credit_entry_lab_id_lapses_at"), "credit_entry", ["lab_id", "lapses_at"]
    )
    op.create_index(op.f("ix_credit_entry_person_id"), "credit_entry", ["person_id"])


def _create_appeals() -> None:
    op.create_table(
        "credit_appeal",
        sa.Column("id", _ID, nullable=False),
        sa.Column("entry_id", _ID, nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("file_id", _ID, nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_by", _ID, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        *_keys("credit_appeal", entry_id="credit_entry", file_id="stored_file", asked_by="person"),
        sa.UniqueConstraint("entry_id", name=op.f("uq_credit_appeal_entry_id")),
    )
    op.create_index(op.f("ix_credit_appeal_file_id"), "credit_appeal", ["file_id"])
    op.create_index(op.f("ix_credit_appeal_asked_by"), "credit_appeal", ["asked_by"])
    op.create_index(
        "ix_credit_appeal_waiting",
        "credit_appeal",
        ["asked_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def _keys(table: str, **to: str) -> list[sa.schema.SchemaItem]:
    keys = [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))
        for name, other in to.items()
    ]
    return [*keys, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]
