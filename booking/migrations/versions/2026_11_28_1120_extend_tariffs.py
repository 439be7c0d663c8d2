"""Price lists say whether VAT is in their prices and can be withdrawn; things are used up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from booking.db.types import UtcDateTime

revision = "30_tariff_lines"
down_revision = "31a_filings"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_ONE_A_START = "uq_tariff_instrument_id_valid_from"
_UNUSED = (
    "DELETE FROM tariff WHERE withdrawn_at IS NOT NULL AND id NOT IN"
    " (SELECT tariff_id FROM reservation UNION SELECT tariff_id FROM charge)"
)
_STANDS = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("tariff") as table:
        table.add_column(
            sa.Column("vat_included", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        table.add_column(sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
        table.drop_constraint(op.f(_ONE_A_START), type_="unique")
    op.create_index(
        _ONE_A_START,
        "tariff",
        ["instrument_id", "valid_from"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )
    for table_name in ("reservation", "usage_session"):
        op.add_column(
            table_name, sa.Column("consumables", _JSON, nullable=False, server_default="{}")
        )
    op.add_column(
        "booking_policy", sa.Column("per_class", _JSON, nullable=False, server_default="{}")
    )


def downgrade() -> None:
    op.drop_column("booking_policy", "per_class")
    op.drop_column("usage_session", "consumables")
    op.drop_column("reservation", "consumables")
    op.drop_index(_ONE_A_START, "tariff")
    # Bookings keep the withdrawn prices they were promised. Of equal starts the later holds, so
    # what was withdrawn moves by as many microseconds as make it unlike every other.
    earlier = "id" if op.get_bind().dialect.name == "sqlite" else "id * interval '1 microsecond'"
    op.execute(_UNUSED)
    op.execute(
        f"UPDATE tariff SET valid_from = valid_from - {earlier} WHERE withdrawn_at IS NOT NULL"
    )
    with op.batch_alter_table("tariff") as table:
        table.drop_column("withdrawn_at")
        table.drop_column("vat_included")
        table.create_unique_constraint(op.f(_ONE_A_START), ["instrument_id", "valid_from"])
