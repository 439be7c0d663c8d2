"""Create the tables of needs and of what labs offer."""

import sqlalchemy as sa
from alembic import op

from booking.db.types import UtcDateTime

revision = "35_needs"
down_revision = "34_unit_offer"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    op.create_table(
        "need",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("material", sa.String(length=100), nullable=False),
        sa.Column("accuracy", sa.String(length=200), nullable=False),
        sa.Column("by_day", sa.Date(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        _refers("need", "organisation_id", "organisation"),
        _refers("need", "created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
    )
    op.create_index(op.f("ix_need_organisation_id"), "need", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_need_created_by"), "need", ["created_by"], unique=False)
    op.create_index(op.f("ix_need_state_by_day"), "need", ["state", "by_day"], unique=False)
    op.create_table(
        "need_offer",
        sa.Column("id", _ID, nullable=False),
        sa.Column("need_id", _ID, nullable=False),
        sa.Column("lab_id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=True),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_by", _ID, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        _refers("need_offer", "need_id", "need"),
        _refers("need_offer", "lab_id", "lab"),
        _refers("need_offer", "instrument_id", "instrument"),
        _refers("need_offer", "created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_offer")),
    )
    for column in ("need_id", "lab_id", "instrument_id"):
        op.create_index(op.f(f"ix_need_offer_{column}"), "need_offer", [column], unique=False)
    _one("uq_need_offer_standing", ["need_id", "lab_id"], "offered")
    _one("uq_need_offer_accepted", ["need_id"], "accepted")


def _one(name: str, columns: list[str], state: str) -> None:
    in_state = sa.text(f"state = '{state}'")
    op.create_index(
        name, "need_offer", columns, unique=True, sqlite_where=in_state, postgresql_where=in_state
    )


def downgrade() -> None:
    op.drop_table("need_offer")
    op.drop_table("need")
