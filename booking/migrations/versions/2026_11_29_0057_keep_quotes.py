"""Keep quotes that bookings can cite."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from booking.db.append_only import allow_rewriting, forbid_rewriting
from booking.db.types import UtcDateTime

revision = "57_quotes"
down_revision = "56_prepayments"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_REFERS = {
    "organisation_id": "organisation",
    "instrument_id": "instrument",
    "tariff_id": "tariff",
    "asked_by": "person",
}


def upgrade() -> None:
    op.create_table(
        "price_quote",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("consumables", _JSON, nullable=False),
        sa.Column("tariff_id", _ID, nullable=False),
        sa.Column("customer_class", sa.String(16), nullable=False),
        sa.Column("quote", _JSON, nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", _ID, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_price_quote_not_empty")),
        sa.CheckConstraint("total_fen >= 0", name=op.f("ck_price_quote_amount")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_price_quote_{column}_{other}")
            )
            for column, other in _REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_quote")),
        sa.UniqueConstraint("number", name=op.f("uq_price_quote_number")),
    )
    op.create_index(op.f("ix_price_quote_instrument_id"), "price_quote", ["instrument_id"])
    op.create_index(
        op.f("ix_price_quote_organisation_id_valid_until"),
        "price_quote",
        ["organisation_id", "valid_until"],
    )
    forbid_rewriting(op, "price_quote")


def downgrade() -> None:
    allow_rewriting(op, "price_quote")
    op.drop_table("price_quote")
