"""Create proposals of other times, which hold time too, and exchanges between bookings."""

import sqlalchemy as sa
from alembic import op

from booking.db.exclusion import allow_double_hold, forbid_double_hold
from booking.db.types import UtcDateTime

revision = "47_proposals"
down_revision = "46_orders"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state = 'open'")
_ONE_REASON = "ck_slot_hold_one_reason"
_OF_THREE = ("reservation_number", "closure_id", "offer_id")
_RELEASED = {"delete": "DELETE", "update": "UPDATE OF unit_id, starts_at, ends_at"}
_PROPOSAL, _SWAP = "reservation_proposal", "reservation_swap"


def upgrade() -> None:
    _create_proposals()
    _create_swaps()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    # SQLite makes the table anew, so its triggers are put on again.
    if on_sqlite:
        _drop_triggers()
    with op.batch_alter_table("slot_hold") as table:
        table.add_column(sa.Column("proposal_id", _ID, nullable=True))
        table.drop_constraint(op.f(_ONE_REASON), type_="check")
        table.create_check_constraint(op.f(_ONE_REASON), _one_of(*_OF_THREE, "proposal_id"))
        table.create_foreign_key(
            op.f("fk_slot_hold_proposal_id_reservation_proposal"),
            _PROPOSAL,
            ["proposal_id"],
            ["id"],
            initially="DEFERRED",
            deferrable=True,
        )
    op.create_index(op.f("ix_slot_hold_proposal_id"), "slot_hold", ["proposal_id"], unique=False)
    if on_sqlite:
        _create_triggers()


def downgrade() -> None:
    holds = sa.table("slot_hold", sa.column("proposal_id"))
    op.execute(sa.delete(holds).where(holds.c.proposal_id.is_not(None)))
    # PostgreSQL changes no table whose keys are still to be checked.
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        _drop_triggers()
    else:
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.drop_index(op.f("ix_slot_hold_proposal_id"), "slot_hold")
    with op.batch_alter_table("slot_hold") as table:
        table.drop_constraint(
            op.f("fk_slot_hold_proposal_id_reservation_proposal"), type_="foreignkey"
        )
        table.drop_constraint(op.f(_ONE_REASON), type_="check")
        table.create_check_constraint(op.f(_ONE_REASON), _one_of(*_OF_THREE))
        table.drop_column("proposal_id")
    if on_sqlite:
        _create_triggers()
    for name in (_SWAP, _PROPOSAL):
        op.drop_table(name)


def _create_proposals() -> None:
    op.create_table(
        _PROPOSAL,
        sa.Column("id", _ID, nullable=False),
        *_refer(
            _PROPOSAL,
            reservation_id="reservation",
            instrument_id="instrument",
            unit_id="unit",
            proposed_by="person",
        ),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        *_open_until(),
        sa.CheckConstraint("starts_at < ends_at", name=op.f(f"ck_{_PROPOSAL}_not_empty")),
    )
    _index(_PROPOSAL, f"uq_{_PROPOSAL}_open", "reservation_id", unique=True)
    _index(_PROPOSAL, f"ix_{_PROPOSAL}_lapsing", "lapses_at")


def _create_swaps() -> None:
    op.create_table(
        _SWAP,
        sa.Column("id", _ID, nullable=False),
        *_refer(_SWAP, asking_id="reservation", asked_id="reservation", asked_by="person"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        *_open_until(),
        sa.CheckConstraint("asking_id <> asked_id", name=op.f(f"ck_{_SWAP}_two")),
    )
    _index(_SWAP, f"uq_{_SWAP}_open", "asking_id", unique=True)
    _index(_SWAP, f"ix_{_SWAP}_asked", "asked_id")
    _index(_SWAP, f"ix_{_SWAP}_lapsing", "lapses_at")


def _open_until() -> list[sa.Column[object]]:
    return [
        sa.Column("lapses_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
    ]


def _index(table: str, name: str, column: str, *, unique: bool = False) -> None:
    op.create_index(
        name, table, [column], unique=unique, sqlite_where=_OPEN, postgresql_where=_OPEN
    )


def _one_of(*columns: str) -> str:
    given = (f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)" for name in columns)
    return " + ".join(given) + " = 1"


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
