"""Mark the units on which time becomes free."""

import sqlalchemy as sa
from alembic import op

revision = "075_released_unit"
down_revision = "07_slot_hold"
branch_labels = None
depends_on = None

_FUNCTION = """
CREATE FUNCTION mark_released_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO released_unit (unit_id) VALUES (OLD.unit_id); RETURN NULL; END $$"""
_EVENTS = {"delete": "DELETE", "update": "UPDATE OF unit_id, starts_at, ends_at"}


def upgrade() -> None:
    op.create_table(
        "released_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_unit")),
    )
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.execute(_FUNCTION)
    for name, event in _EVENTS.items():
        head = f"CREATE TRIGGER slot_hold_released_{name} AFTER {event} ON slot_hold"
        if on_postgresql:
            op.execute(f"{head} FOR EACH ROW EXECUTE FUNCTION mark_released_unit()")
        else:
            op.execute(
                f"{head} BEGIN INSERT INTO released_unit (unit_id) VALUES (OLD.unit_id); END"
            )


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in _EVENTS:
        op.execute(f"DROP TRIGGER slot_hold_released_{name}" + " ON slot_hold" * on_postgresql)
    if on_postgresql:
        op.execute("DROP FUNCTION mark_released_unit()")
    op.drop_table("released_unit")
