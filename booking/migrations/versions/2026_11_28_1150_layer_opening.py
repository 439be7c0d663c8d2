"""Let windows last over midnight, and let labs and the zone have days and hours of their own."""

import sqlalchemy as sa
from alembic import op

from booking.db.marks import Watched, leave_marks, leave_no_marks

revision = "28_opening_layers"
down_revision = "29_search_words"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WITHIN_DAY = "opens >= 0 AND opens < closes AND closes <= 1440"
_OVER_MIDNIGHT = "opens >= 0 AND opens < 1440 AND opens < closes AND closes <= 2880"
_CLOSED = "(opens IS NULL AND closes IS NULL)"
_HOURS = Watched("opening_hours", ("instrument_id", "weekday", "opens", "closes"))
_DAYS = Watched("opening_exception", ("instrument_id", "day", "opens", "closes"))
_NEW = (
    Watched(
        "lab_hours", ("lab_id", "weekday", "opens", "closes"), owner="lab_id", every="instrument"
    ),
    Watched("lab_day", ("lab_id", "day", "opens", "closes"), owner="lab_id", every="instrument"),
    Watched("zone_day", ("day", "opens", "closes"), owner=None),
)


def upgrade() -> None:
    _check(_HOURS, _OVER_MIDNIGHT)
    _check(_DAYS, f"{_CLOSED} OR ({_OVER_MIDNIGHT})")
    op.create_table(
        "lab_hours",
        sa.Column("id", _ID, nullable=False),
        sa.Column("lab_id", _ID, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_lab_hours_weekday")),
        sa.CheckConstraint(_OVER_MIDNIGHT, name=op.f("ck_lab_hours_in_order")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lab_hours_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_hours")),
        sa.UniqueConstraint(
            "lab_id", "weekday", "opens", name=op.f("uq_lab_hours_lab_id_weekday_opens")
        ),
    )
    op.create_table(
        "lab_day",
        sa.Column("id", _ID, nullable=False),
        sa.Column("lab_id", _ID, nullable=False),
        *_day_columns(),
        sa.CheckConstraint(f"{_CLOSED} OR ({_OVER_MIDNIGHT})", name=op.f("ck_lab_day_in_order")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lab_day_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_day")),
        sa.UniqueConstraint("lab_id", "day", "opens", name=op.f("uq_lab_day_lab_id_day_opens")),
    )
    op.create_table(
        "zone_day",
        sa.Column("id", _ID, nullable=False),
        *_day_columns(),
        sa.CheckConstraint(f"{_CLOSED} OR ({_OVER_MIDNIGHT})", name=op.f("ck_zone_day_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_day")),
        sa.UniqueConstraint("day", "opens", name=op.f("uq_zone_day_day_opens")),
    )
    for watched in _NEW:
        leave_marks(op, watched, into="utilisation_mark")


def downgrade() -> None:
    for watched in _NEW:
        leave_no_marks(op, watched)
        op.drop_table(watched.table)
    for watched, check in ((_HOURS, _WITHIN_DAY), (_DAYS, f"{_CLOSED} OR ({_WITHIN_DAY})")):
        # What lasted over midnight now ends there.
        op.execute(f"UPDATE {watched.table} SET closes = 1440 WHERE closes > 1440")
        _check(watched, check)


def _day_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
    )


def _check(watched: Watched, condition: str) -> None:
    """Another order of the windows; SQLite makes the table anew, so its marks are left again."""
    name = op.f(f"ck_{watched.table}_in_order")
    leave_no_marks(op, watched)
    with op.batch_alter_table(watched.table) as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, condition)
    leave_marks(op, watched, into="utilisation_mark")
