"""No double hold: what makes an overlap on one unit impossible, in either database's own words.

PostgreSQL: an exclusion constraint over (unit, span); int8range spares the btree_gist extension.
SQLite: triggers that seek the last hold starting before the new one ends; because holds of a unit
never overlap, that one row decides (one index step, however long the history).
"""

from alembic.operations import Operations

TABLE = "slot_hold"
NAME = "ex_slot_hold_no_overlap"

_EXCLUDE = f"""
ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} EXCLUDE USING gist (
    int8range(unit_id, unit_id, '[]') WITH =,
    tstzrange(starts_at, ends_at, '[)') WITH &&
)"""

_TRIGGER = """
CREATE TRIGGER {name}_{event} BEFORE {moment} ON {table}
WHEN (
    SELECT ends_at > NEW.starts_at FROM {table}
    WHERE unit_id = NEW.unit_id AND starts_at < NEW.ends_at{other}
    ORDER BY starts_at DESC LIMIT 1
)
BEGIN SELECT RAISE(ABORT, '{name}'); END"""

_MOMENTS = (
    ("insert", "INSERT", ""),
    ("update", "UPDATE OF unit_id, starts_at, ends_at", " AND id <> NEW.id"),
)


def forbid_double_hold(op: Operations) -> None:
    """Put the exclusion on the hold table; called once, by its migration."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_EXCLUDE)
        return
    for event, moment, other in _MOMENTS:
        op.execute(_TRIGGER.format(name=NAME, event=event, moment=moment, table=TABLE, other=other))


def allow_double_hold(op: Operations) -> None:
    """Take the exclusion away again; for the downgrade only."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {NAME}")
        return
    for event, _, _ in _MOMENTS:
        op.execute(f"DROP TRIGGER {NAME}_{event}")
