"""Keep vouchers: claims of bookings on them, and movements that the database itself adds up."""

import sqlalchemy as sa
from alembic import op

from booking.db.append_only import allow_rewriting, forbid_rewriting, freeze_columns, thaw_columns
from booking.db.types import Id, Json, UtcDateTime

revision = "73_vouchers"
down_revision = "72_applications"
branch_labels = None
depends_on = None

_PROMISED = (
    *("number", "organisation_id", "programme", "programme_version", "programme_name"),
    *("document", "period", "face_fen", "terms", "valid_from", "valid_to", "issued_by"),
    "issued_at",
)
_CLAIMED = ("voucher_id", "reservation_id", "number", "provider_id", "made_at")
# What each kind of movement takes from, and adds to; new.kind picks the columns.
_VOUCHER = """
    UPDATE voucher SET
    available_fen = available_fen + CASE
        WHEN NEW.kind IN ('issued', 'released', 'returned') THEN NEW.amount_fen
        WHEN NEW.kind IN ('encumbered', 'expired') THEN -NEW.amount_fen ELSE 0 END,
    encumbered_fen = encumbered_fen + CASE
        WHEN NEW.kind = 'encumbered' THEN NEW.amount_fen
        WHEN NEW.kind IN ('released', 'redeemed') THEN -NEW.amount_fen ELSE 0 END,
    redeemed_fen = redeemed_fen + CASE
        WHEN NEW.kind = 'redeemed' THEN NEW.amount_fen
        WHEN NEW.kind = 'returned' THEN -NEW.amount_fen ELSE 0 END,
    expired_fen = expired_fen + CASE WHEN NEW.kind = 'expired' THEN NEW.amount_fen ELSE 0 END
    WHERE id = NEW.voucher_id;
"""
_CLAIM = """
    UPDATE voucher_claim SET
    encumbered_fen = encumbered_fen + CASE
        WHEN NEW.kind = 'encumbered' THEN NEW.amount_fen
        WHEN NEW.kind IN ('released', 'redeemed') THEN -NEW.amount_fen ELSE 0 END,
    redeemed_fen = redeemed_fen + CASE
        WHEN NEW.kind = 'redeemed' THEN NEW.amount_fen
        WHEN NEW.kind = 'returned' THEN -NEW.amount_fen ELSE 0 END
    WHERE id = NEW.claim_id AND voucher_id = NEW.voucher_id;
"""


def upgrade() -> None:
    _create_vouchers()
    _create_claims()
    _create_movements()
    _add_up()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER voucher_movement_added_up ON voucher_movement")
        op.execute("DROP FUNCTION add_up_voucher_movement()")
    else:
        op.execute("DROP TRIGGER voucher_movement_added_up")
    allow_rewriting(op, "voucher_movement")
    op.drop_table("voucher_movement")
    thaw_columns(op, "voucher_claim")
    op.drop_table("voucher_claim")
    thaw_columns(op, "voucher")
    op.drop_table("voucher")


def _create_vouchers() -> None:
    op.create_table(
        "voucher",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("programme_name", Json, nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("face_fen", sa.BigInteger(), nullable=False),
        sa.Column("terms", Json, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        *(
            sa.Column(f"{pot}_fen", sa.BigInteger(), nullable=False)
            for pot in ("available", "encumbered", "redeemed", "expired")
        ),
        sa.Column("issued_by", Id, nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("warned_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("face_fen > 0", name=op.f("ck_voucher_face")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_voucher_in_order")),
        sa.CheckConstraint(
            "available_fen >= 0 AND encumbered_fen >= 0 AND redeemed_fen >= 0 AND expired_fen >= 0",
            name=op.f("ck_voucher_not_below_nought"),
        ),
        sa.CheckConstraint(
            "available_fen + encumbered_fen + redeemed_fen + expired_fen <= face_fen",
            name=op.f("ck_voucher_within_face"),
        ),
        *_refer("voucher", organisation_id="organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("number", name=op.f("uq_voucher_number")),
    )
    op.create_index(op.f("ix_voucher_valid_to"), "voucher", ["valid_to"])
    op.create_index(
        op.f("ix_voucher_organisation_id_valid_to"), "voucher", ["organisation_id", "valid_to"]
    )
    op.create_index(
        op.f("ix_voucher_programme_organisation_id"), "voucher", ["programme", "organisation_id"]
    )
    freeze_columns(op, "voucher", _PROMISED, when="OLD.id IS NOT NULL")


def _create_claims() -> None:
    op.create_table(
        "voucher_claim",
        sa.Column("id", Id, nullable=False),
        sa.Column("voucher_id", Id, nullable=False),
        sa.Column("reservation_id", Id, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("provider_id", Id, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("encumbered_fen", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_fen", sa.BigInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "encumbered_fen >= 0 AND redeemed_fen >= 0",
            name=op.f("ck_voucher_claim_not_below_nought"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR encumbered_fen = 0", name=op.f("ck_voucher_claim_nothing_left")
        ),
        sa.CheckConstraint(
            "redeemed_fen = 0 OR state <> 'released'", name=op.f("ck_voucher_claim_not_given_back")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_voucher_claim_ended")
        ),
        *_refer(
            "voucher_claim",
            voucher_id="voucher",
            reservation_id="reservation",
            provider_id="organisation",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_claim")),
        sa.UniqueConstraint("reservation_id", name=op.f("uq_voucher_claim_reservation_id")),
    )
    for name in ("voucher_id", "provider_id"):
        op.create_index(op.f(f"ix_voucher_claim_{name}"), "voucher_claim", [name])
    freeze_columns(op, "voucher_claim", _CLAIMED, when="OLD.id IS NOT NULL")


def _create_movements() -> None:
    op.create_table(
        "voucher_movement",
        sa.Column("id", Id, nullable=False),
        sa.Column("voucher_id", Id, nullable=False),
        sa.Column("claim_id", Id, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("made_by", Id, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_voucher_movement_amount")),
        sa.CheckConstraint(
            "(kind IN ('issued', 'expired')) = (claim_id IS NULL)",
            name=op.f("ck_voucher_movement_of_a_claim"),
        ),
        *_refer("voucher_movement", voucher_id="voucher", claim_id="voucher_claim"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_movement")),
    )
    for name, column in (("issued", "voucher_id"), ("redeemed", "claim_id")):
        only = sa.text(f"kind = '{name}'")
        op.create_index(
            f"uq_voucher_movement_{name}",
            "voucher_movement",
            [column],
            unique=True,
            sqlite_where=only,
            postgresql_where=only,
        )
    for columns in (["voucher_id"], ["claim_id"], ["kind", "made_at"]):
        name = "_".join(columns)
        op.create_index(op.f(f"ix_voucher_movement_{name}"), "voucher_movement", columns)
    forbid_rewriting(op, "voucher_movement")


def _add_up() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION add_up_voucher_movement() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {_VOUCHER} {_CLAIM} RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER voucher_movement_added_up AFTER INSERT ON voucher_movement "
            "FOR EACH ROW EXECUTE FUNCTION add_up_voucher_movement()"
        )
        return
    op.execute(
        "CREATE TRIGGER voucher_movement_added_up AFTER INSERT ON voucher_movement "
        f"BEGIN {_VOUCHER} {_CLAIM} END"
    )


def _refer(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]
