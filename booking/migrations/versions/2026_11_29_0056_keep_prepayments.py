"""Keep what companies pay providers in advance and hold of it for bookings; find postings by time."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting
from booking.db.types import UtcDateTime

revision = "56_prepayments"
down_revision = "55_corrections"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HELD = sa.text("released_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "prepaid_account",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("provider_id", _ID, nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("held_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "held_fen >= 0 AND held_fen <= balance_fen", name=op.f("ck_prepaid_account_available")
        ),
        *_refer("prepaid_account", organisation_id="organisation", provider_id="organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepaid_account")),
        sa.UniqueConstraint(
            "organisation_id",
            "provider_id",
            name=op.f("uq_prepaid_account_organisation_id_provider_id"),
        ),
    )
    op.create_index(op.f("ix_prepaid_account_provider_id"), "prepaid_account", ["provider_id"])
    op.create_table(
        "prepaid_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("bank_reference", sa.String(40), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("made_by", _ID, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_prepaid_entry_not_nought")),
        *_refer("prepaid_entry", account_id="prepaid_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepaid_entry")),
        sa.UniqueConstraint("reference", name=op.f("uq_prepaid_entry_reference")),
    )
    op.create_index(op.f("ix_prepaid_entry_account_id"), "prepaid_entry", ["account_id"])
    forbid_rewriting(op, "prepaid_entry")
    op.create_table(
        "funds_hold",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("reference", sa.String(24), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_funds_hold_amount")),
        *_refer("funds_hold", account_id="prepaid_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_hold")),
    )
    op.create_index(
        "uq_funds_hold_held",
        "funds_hold",
        ["reference"],
        unique=True,
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )
    op.create_index(op.f("ix_funds_hold_account_id"), "funds_hold", ["account_id"])
    # What was given free is over.
    forbid_rewriting(op, "funds_hold", when="OLD.released_at IS NOT NULL")
    op.add_column(
        "booking_policy",
        sa.Column("prepaid", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(op.f("ix_posting_at"), "posting", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_posting_at"), "posting")
    op.drop_column("booking_policy", "prepaid")
    allow_rewriting(op, "funds_hold")
    op.drop_table("funds_hold")
    allow_rewriting(op, "prepaid_entry")
    op.drop_table("prepaid_entry")
    op.drop_table("prepaid_account")


def _refer(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]
