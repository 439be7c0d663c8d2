"""Versions of the booking rules can be taken back before they begin, as price lists can."""

import sqlalchemy as sa
from alembic import op

from booking.db.marks import Watched, leave_marks, leave_no_marks
from booking.db.types import UtcDateTime

revision = "39_withdraw_policies"
down_revision = "38_rosters"
branch_labels = None
depends_on = None

_ONE_A_START = "uq_booking_policy_instrument_id_valid_from"
_UNUSED = (
    "DELETE FROM booking_policy WHERE withdrawn_at IS NOT NULL AND id NOT IN"
    " (SELECT policy_id FROM reservation WHERE policy_id IS NOT NULL)"
)
_STANDS = sa.text("withdrawn_at IS NULL")
_WAS_WATCHED = Watched("booking_policy", ("follows_statutory_calendar", "valid_from"))
_WATCHED = Watched("booking_policy", ("follows_statutory_calendar", "valid_from", "withdrawn_at"))


def upgrade() -> None:
    # SQLite makes the table anew, so its marks are left again.
    leave_no_marks(op, _WAS_WATCHED)
    with op.batch_alter_table("booking_policy") as table:
        table.add_column(sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
        table.drop_constraint(op.f(_ONE_A_START), type_="unique")
    op.create_index(
        _ONE_A_START,
        "booking_policy",
        ["instrument_id", "valid_from"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )
    leave_marks(op, _WATCHED, into="utilisation_mark")


def downgrade() -> None:
    leave_no_marks(op, _WATCHED)
    op.drop_index(_ONE_A_START, "booking_policy")
    # Bookings keep the withdrawn rules they were made under. Of equal starts the later holds, so
    # what was withdrawn moves by as many microseconds as make it unlike every other.
    earlier = "id" if op.get_bind().dialect.name == "sqlite" else "id * interval '1 microsecond'"
    op.execute(_UNUSED)
    op.execute(
        f"UPDATE booking_policy SET valid_from = valid_from - {earlier}"
        " WHERE withdrawn_at IS NOT NULL"
    )
    with op.batch_alter_table("booking_policy") as table:
        table.drop_column("withdrawn_at")
        table.create_unique_constraint(op.f(_ONE_A_START), ["instrument_id", "valid_from"])
    leave_marks(op, _WAS_WATCHED, into="utilisation_mark")
