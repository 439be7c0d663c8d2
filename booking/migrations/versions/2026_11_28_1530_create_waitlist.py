"""Create the waiting list; its offers hold time like bookings and closures do."""

import sqlalchemy as sa
from alembic import op

from booking.db.exclusion import allow_double_hold, forbid_double_hold
from booking.db.types import UtcDateTime

revision = "43_waitlist"
down_revision = "42_feeds"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = sa.text("state = 'waiting'")
_OPEN = sa.text("state = 'open'")
_ONE_REASON = "ck_slot_hold_one_reason"
_ONE_OF_TWO = "(reservation_number IS NULL) <> (closure_id IS NULL)"
_ONE_OF_THREE = (
    "(CASE WHEN reservation_number IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN closure_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN offer_id IS NULL THEN 0 ELSE 1 END) = 1"
)
_RELEASED = {"delete": "DELETE", "update": "UPDATE OF unit_id, starts_at, ends_at"}


def upgrade() -> None:
    _create_tables()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    # SQLite makes the table anew, so its triggers are put on again.
    if on_sqlite:
        _drop_triggers()
    with op.batch_alter_table("slot_hold") as table:
        table.add_column(sa.Column("offer_id", _ID, nullable=True))
        table.drop_constraint(op.f(_ONE_REASON), type_="check")
        table.create_check_constraint(op.f(_ONE_REASON), _ONE_OF_THREE)
        table.create_foreign_key(
            op.f("fk_slot_hold_offer_id_waitlist_offer"),
            "waitlist_offer",
            ["offer_id"],
            ["id"],
            initially="DEFERRED",
            deferrable=True,
        )
    op.create_index(op.f("ix_slot_hold_offer_id"), "slot_hold", ["offer_id"], unique=False)
    if on_sqlite:
        _create_triggers()
    op.add_column(
        "booking_policy",
        sa.Column("offer_minutes", sa.Integer(), nullable=False, server_default="30"),
    )


def downgrade() -> None:
    op.drop_column("booking_policy", "offer_minutes")
    holds = sa.table("slot_hold", sa.column("offer_id"))
    op.execute(sa.delete(holds).where(holds.c.offer_id.is_not(None)))
    # PostgreSQL changes no table whose keys are still to be checked.
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        _drop_triggers()
    else:
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.drop_index(op.f("ix_slot_hold_offer_id"), "slot_hold")
    with op.batch_alter_table("slot_hold") as table:
        table.drop_constraint(op.f("fk_slot_hold_offer_id_waitlist_offer"), type_="foreignkey")
        table.drop_constraint(op.f(_ONE_REASON), type_="check")
        table.create_check_constraint(op.f(_ONE_REASON), _ONE_OF_TWO)
        table.drop_column("offer_id")
    if on_sqlite:
        _create_triggers()
    for name in ("waitlist_offer", "waitlist_choice", "waitlist_entry"):
        op.drop_table(name)


def _create_tables() -> None:
    op.create_table(
        "waitlist_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("holder_id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("last_start_at", UtcDateTime(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "starts_at <= last_start_at AND last_start_at < ends_at",
            name=op.f("ck_waitlist_entry_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["person.id"], name=op.f("fk_waitlist_entry_holder_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_waitlist_entry_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
    )
    op.create_index(op.f("ix_waitlist_entry_holder_id"), "waitlist_entry", ["holder_id"])
    op.create_index(
        "ix_waitlist_entry_waiting",
        "waitlist_entry",
        ["last_start_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_table(
        "waitlist_choice",
        sa.Column("id", _ID, nullable=False),
        *_refer("waitlist_choice", entry_id="waitlist_entry", instrument_id="instrument"),
        sa.UniqueConstraint(
            "entry_id", "instrument_id", name=op.f("uq_waitlist_choice_entry_id_instrument_id")
        ),
    )
    op.create_index(op.f("ix_waitlist_choice_instrument_id"), "waitlist_choice", ["instrument_id"])
    op.create_table(
        "waitlist_offer",
        sa.Column("id", _ID, nullable=False),
        *_refer("waitlist_offer", entry_id="waitlist_entry", instrument_id="instrument"),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("lapses_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reservation_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_waitlist_offer_reservation_id_reservation"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_waitlist_offer_not_empty")),
    )
    op.create_index(
        "uq_waitlist_offer_open",
        "waitlist_offer",
        ["entry_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_waitlist_offer_lapsing",
        "waitlist_offer",
        ["lapses_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _refer(table: str, **to: str) -> list[sa.schema.SchemaItem]:
    columns: list[sa.schema.SchemaItem] = [sa.Column(name, _ID, nullable=False) for name in to]
    keys = [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))
        for name, other in to.items()
    ]
    return [*columns, *keys, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _drop_triggers() -> None:
    allow_double_hold(op)
    for name in _RELEASED:
        op.execute(f"DROP TRIGGER slot_hold_released_{name}")


def _create_triggers() -> None:
    forbid_double_hold(op)
    for name, event in _RELEASED.items():
        op.execute(
            f"CREATE TRIGGER slot_hold_released_{name} AFTER {event} ON slot_hold"
            " BEGIN INSERT INTO released_unit (unit_id) VALUES (OLD.unit_id); END"
        )
