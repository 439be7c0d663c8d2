"""Create entrusted orders with their samples, quotes, files, messages and bookings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from booking.db.types import UtcDateTime

revision = "46_orders"
down_revision = "45_credit"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_OFFERED = sa.text("state = 'offered'")
_ACCEPTED = sa.text("state = 'accepted'")
_TABLES = (
    *("order_booking", "order_message", "order_file", "order_quote"),
    *("sample_step", "order_sample", "service_order"),
)


def upgrade() -> None:
    _create_orders()
    _create_samples()
    _create_quotes()
    _create_belongings()


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)


def _create_orders() -> None:
    _table(
        "service_order",
        sa.Column("number", sa.String(length=24), nullable=False),
        *(_number(name) for name in ("instrument_id", "lab_id", "organisation_id", "asked_by")),
        sa.Column("wishes", sa.String(length=4000), nullable=False),
        sa.Column("standard", sa.String(length=200), nullable=False),
        sa.Column("by_day", sa.Date(), nullable=False),
        _state("state"),
        sa.Column("state_reason", sa.String(length=500), nullable=False),
        sa.Column("accept_by", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.UniqueConstraint("number", name=op.f("uq_service_order_number")),
        to={
            "instrument_id": "instrument",
            "lab_id": "lab",
            "organisation_id": "organisation",
            "asked_by": "person",
        },
    )
    for column in ("instrument_id", "lab_id", "organisation_id", "asked_by"):
        _index("service_order", column)
    _index("service_order", "state", "accept_by")


def _create_samples() -> None:
    _table(
        "order_sample",
        _number("order_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=100), nullable=False),
        sa.Column("hazards", sa.String(length=300), nullable=False),
        _state("afterwards"),
        _state("station"),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_sample_order_id_position")),
        sa.UniqueConstraint("label", name=op.f("uq_order_sample_label")),
        sa.CheckConstraint("count >= 1", name=op.f("ck_order_sample_some")),
        to={"order_id": "service_order"},
    )
    _table(
        "sample_step",
        _number("sample_id"),
        _state("station"),
        _number("done_by"),
        _moment("done_at"),
        to={"sample_id": "order_sample", "done_by": "person"},
    )
    _index("sample_step", "sample_id")
    _index("sample_step", "done_by")


def _create_quotes() -> None:
    _table(
        "order_quote",
        _number("order_id"),
        sa.Column("lines", _JSON, nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        _number("tariff_id", nullable=True),
        sa.Column("customer_class", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("promised_day", sa.Date(), nullable=False),
        _state("state"),
        _number("quoted_by"),
        _moment("quoted_at"),
        _number("decided_by", nullable=True),
        _moment("decided_at", nullable=True),
        sa.CheckConstraint("total_fen >= 0", name=op.f("ck_order_quote_amount")),
        to={
            "order_id": "service_order",
            "tariff_id": "tariff",
            "quoted_by": "person",
            "decided_by": "person",
        },
    )
    for column in ("order_id", "quoted_by", "decided_by"):
        _index("order_quote", column)
    _index("order_quote", "state", "valid_until")
    for name, when in (("standing", _OFFERED), ("accepted", _ACCEPTED)):
        op.create_index(
            f"uq_order_quote_{name}",
            "order_quote",
            ["order_id"],
            unique=True,
            sqlite_where=when,
            postgresql_where=when,
        )


def _create_belongings() -> None:
    _table(
        "order_file",
        _number("order_id"),
        _number("file_id"),
        _state("role"),
        _number("added_by"),
        _moment("added_at"),
        _moment("handed_in_at", nullable=True),
        to={"order_id": "service_order", "file_id": "stored_file", "added_by": "person"},
    )
    for column in ("order_id", "file_id", "added_by"):
        _index("order_file", column)
    _table(
        "order_message",
        _number("order_id"),
        sa.Column("from_lab", sa.Boolean(), nullable=False),
        sa.Column("is_objection", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        _number("written_by"),
        _moment("written_at"),
        to={"order_id": "service_order", "written_by": "person"},
    )
    for column in ("order_id", "written_by"):
        _index("order_message", column)
    _table(
        "order_booking",
        _number("order_id"),
        _number("reservation_id"),
        sa.UniqueConstraint("reservation_id", name=op.f("uq_order_booking_reservation_id")),
        to={"order_id": "service_order", "reservation_id": "reservation"},
    )
    _index("order_booking", "order_id")


def _table(name: str, *parts: sa.schema.SchemaItem, to: dict[str, str]) -> None:
    op.create_table(
        name,
        sa.Column("id", _ID, nullable=False),
        *parts,
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}_{other}")
            )
            for column, other in to.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, [*columns], unique=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, _ID, nullable=nullable)


def _state(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=32), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)
