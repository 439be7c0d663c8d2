"""Tables whose rows are written once: the database refuses to change or remove them."""

from collections.abc import Sequence

from alembic.operations import Operations

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append_only' USING ERRCODE = 'integrity_constraint_violation'; END $$"""


def forbid_rewriting(op: Operations, table: str, *, when: str = "") -> None:
    """Refuse UPDATE and DELETE on a table; `when` (SQL over OLD) limits it to some rows."""
    condition = f" WHEN ({when})" if when else ""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW{condition} EXECUTE FUNCTION refuse_rewriting()"
        )
        return
    for event in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only_{event} BEFORE {event.upper()} ON {table}"
            f"{condition} BEGIN SELECT RAISE(ABORT, 'append_only'); END"
        )


def allow_rewriting(op: Operations, table: str) -> None:
    """Take the refusal away again: for a downgrade, or to put another in its place."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for event in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_append_only_{event}")


def freeze_columns(op: Operations, table: str, columns: Sequence[str], *, when: str) -> None:
    """Refuse DELETE, and UPDATE of these columns, on rows for which `when` (SQL over OLD) holds."""
    named = ", ".join(columns)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE DELETE OR UPDATE OF {named} ON {table} "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse_rewriting()"
        )
        return
    for name, event in (("update", f"UPDATE OF {named}"), ("delete", "DELETE")):
        op.execute(
            f"CREATE TRIGGER {table}_frozen_{name} BEFORE {event} ON {table} WHEN ({when}) "
            "BEGIN SELECT RAISE(ABORT, 'append_only'); END"
        )


def thaw_columns(op: Operations, table: str) -> None:
    """Take that refusal away again; for the downgrade only."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
        return
    for name in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_frozen_{name}")
