"""Offer operators and accessories with several instruments; keep wholes and parts out of circles."""

import sqlalchemy as sa
from alembic import op

revision = "34_unit_offer"
down_revision = "32_training"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = "ck_instrument_no_circle_of_parts"
# A whole has at most one level above it, so three looks see the whole way up.
_ABOVE = "(SELECT part_of_id FROM instrument WHERE id = NEW.part_of_id)"
_FURTHER = f"(SELECT part_of_id FROM instrument WHERE id = {_ABOVE})"
_WRONG = f"NEW.part_of_id = NEW.id OR {_ABOVE} = NEW.id OR {_FURTHER} IS NOT NULL"
_FUNCTION = f"""
CREATE FUNCTION forbid_circle_of_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_WRONG} THEN
        RAISE EXCEPTION '{_NAME}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$"""
_EVENTS = {"insert": "INSERT", "update": "UPDATE OF part_of_id"}


def upgrade() -> None:
    op.create_index(op.f("ix_instrument_part_of_id"), "instrument", ["part_of_id"], unique=False)
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.execute(_FUNCTION)
    for name, event in _EVENTS.items():
        head = f"CREATE TRIGGER {_NAME}_{name} BEFORE {event} ON instrument"
        if on_postgresql:
            op.execute(
                f"{head} FOR EACH ROW WHEN (NEW.part_of_id IS NOT NULL)"
                " EXECUTE FUNCTION forbid_circle_of_parts()"
            )
        else:
            op.execute(
                f"{head} WHEN NEW.part_of_id IS NOT NULL AND ({_WRONG})"
                f" BEGIN SELECT RAISE(ABORT, '{_NAME}'); END"
            )
    _share_units()


def _share_units() -> None:
    op.create_table(
        "unit_offer",
        sa.Column("id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("instrument_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f("fk_unit_offer_instrument_id_instrument"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_offer_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_offer")),
        sa.UniqueConstraint(
            "unit_id", "instrument_id", name=op.f("uq_unit_offer_unit_id_instrument_id")
        ),
    )
    op.create_index(
        op.f("ix_unit_offer_instrument_id"), "unit_offer", ["instrument_id"], unique=False
    )
    op.execute(
        "INSERT INTO unit_offer (unit_id, instrument_id)"
        " SELECT id, instrument_id FROM unit WHERE kind <> 'place'"
    )


def downgrade() -> None:
    op.drop_table("unit_offer")
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in _EVENTS:
        op.execute(f"DROP TRIGGER {_NAME}_{name}" + " ON instrument" * on_postgresql)
    if on_postgresql:
        op.execute("DROP FUNCTION forbid_circle_of_parts()")
    op.drop_index(op.f("ix_instrument_part_of_id"), table_name="instrument")
