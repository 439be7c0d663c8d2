"""Create the tables of operators as people: who each is, and when they are on duty."""

import sqlalchemy as sa
from alembic import op

revision = "38_rosters"
down_revision = "37_saved_searches"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_IN_ORDER = "opens >= 0 AND opens < 1440 AND opens < closes AND closes <= 2880"


def _of_unit(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f(f"fk_{table}_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def upgrade() -> None:
    op.create_table(
        "operator_person",
        *_of_unit("operator_person"),
        sa.Column("user_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_operator_person_user_id_person")
        ),
        sa.UniqueConstraint("unit_id", name=op.f("uq_operator_person_unit_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_operator_person_user_id")),
    )
    op.create_table(
        "roster_hours",
        *_of_unit("roster_hours"),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_roster_hours_weekday")),
        sa.CheckConstraint(_IN_ORDER, name=op.f("ck_roster_hours_in_order")),
        sa.UniqueConstraint(
            "unit_id", "weekday", "opens", name=op.f("uq_roster_hours_unit_id_weekday_opens")
        ),
    )
    op.create_table(
        "roster_day",
        *_of_unit("roster_day"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            f"(opens IS NULL AND closes IS NULL) OR ({_IN_ORDER})",
            name=op.f("ck_roster_day_in_order"),
        ),
        sa.UniqueConstraint(
            "unit_id", "day", "opens", name=op.f("uq_roster_day_unit_id_day_opens")
        ),
    )


def downgrade() -> None:
    for table in ("roster_day", "roster_hours", "operator_person"):
        op.drop_table(table)
