"""Correct and adjust charges by entries of their own; above a limit a second person agrees."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting, freeze_columns, thaw_columns
from booking.db.types import UtcDateTime

revision = "55_corrections"
down_revision = "52_late_promises"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state = 'requested'")
_LEFT = """(SELECT amount_fen FROM charge WHERE id = NEW.charge_id)
  + COALESCE((SELECT SUM(amount_fen) FROM charge_correction WHERE charge_id = NEW.charge_id), 0)
  + NEW.amount_fen"""
_ASKED = ("charge_id", "amount_fen", "reason", "limit_fen", "asked_by", "asked_at")


def upgrade() -> None:
    _create_limit()
    _create_adjustment()
    _create_correction()
    _forbid_excess()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER charge_correction_within ON charge_correction")
        op.execute("DROP FUNCTION refuse_excessive_correction()")
    else:
        op.execute("DROP TRIGGER charge_correction_within")
    allow_rewriting(op, "charge_correction")
    op.drop_table("charge_correction")
    thaw_columns(op, "charge_adjustment")
    allow_rewriting(op, "charge_adjustment")
    op.drop_table("charge_adjustment")
    allow_rewriting(op, "adjustment_limit")
    op.drop_table("adjustment_limit")


def _create_limit() -> None:
    op.create_table(
        "adjustment_limit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("set_by", _ID, nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("limit_fen >= 0", name=op.f("ck_adjustment_limit_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment_limit")),
    )
    forbid_rewriting(op, "adjustment_limit")


def _create_adjustment() -> None:
    op.create_table(
        "charge_adjustment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("charge_id", _ID, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked_by", _ID, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decision", sa.String(500), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_charge_adjustment_not_nought")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by",
            name=op.f("ck_charge_adjustment_second_person"),
        ),
        sa.CheckConstraint(
            "state <> 'applied' OR decided_by IS NOT NULL"
            " OR (amount_fen < 0 AND -amount_fen <= limit_fen)",
            name=op.f("ck_charge_adjustment_within_limit"),
        ),
        sa.CheckConstraint(
            "(state = 'requested') = (decided_at IS NULL)",
            name=op.f("ck_charge_adjustment_decided"),
        ),
        *_refer("charge_adjustment", charge_id="charge", asked_by="person", decided_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_adjustment")),
    )
    op.create_index(
        "uq_charge_adjustment_open",
        "charge_adjustment",
        ["charge_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(op.f("ix_charge_adjustment_charge_id"), "charge_adjustment", ["charge_id"])
    # Decided once; what was asked for stays as it was asked.
    forbid_rewriting(op, "charge_adjustment", when="OLD.state <> 'requested'")
    freeze_columns(op, "charge_adjustment", _ASKED, when="OLD.id > 0")


def _create_correction() -> None:
    op.create_table(
        "charge_correction",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("charge_id", _ID, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("adjustment_id", _ID, nullable=True),
        sa.Column("made_by", _ID, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_charge_correction_not_nought")),
        sa.CheckConstraint(
            "(kind = 'adjustment') = (adjustment_id IS NOT NULL)",
            name=op.f("ck_charge_correction_adjusted_by"),
        ),
        *_refer("charge_correction", charge_id="charge", adjustment_id="charge_adjustment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_correction")),
        sa.UniqueConstraint("number", name=op.f("uq_charge_correction_number")),
        sa.UniqueConstraint("adjustment_id", name=op.f("uq_charge_correction_adjustment_id")),
    )
    op.create_index(op.f("ix_charge_correction_charge_id"), "charge_correction", ["charge_id"])
    forbid_rewriting(op, "charge_correction")


def _forbid_excess() -> None:
    """No charge ever comes to less than nothing, whoever corrects it at the same time."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"""
            CREATE FUNCTION refuse_excessive_correction() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              PERFORM 1 FROM charge WHERE id = NEW.charge_id FOR UPDATE;
              IF {_LEFT} < 0 THEN
                RAISE EXCEPTION 'correction_exceeds'
                  USING ERRCODE = 'integrity_constraint_violation';
              END IF;
              RETURN NEW;
            END $$""")
        op.execute(
            "CREATE TRIGGER charge_correction_within BEFORE INSERT ON charge_correction "
            "FOR EACH ROW EXECUTE FUNCTION refuse_excessive_correction()"
        )
        return
    op.execute(
        "CREATE TRIGGER charge_correction_within BEFORE INSERT ON charge_correction "
        f"WHEN {_LEFT} < 0 BEGIN SELECT RAISE(ABORT, 'correction_exceeds'); END"
    )


def _refer(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]
