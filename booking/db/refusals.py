"""Rows that must not come in or change, because of what stands there: the database says no."""

from alembic.operations import Operations


def refuse_insert(op: Operations, table: str, name: str, *, when: str) -> None:
    """Refuse INSERT of rows for which `when` (SQL over NEW and other tables) holds."""
    _refuse(op, f"INSERT ON {table}", name, when=when, row="NEW")


def refuse_update(op: Operations, table: str, name: str, *, when: str) -> None:
    """Refuse UPDATE of rows for which `when` (SQL over OLD and NEW) holds."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{name}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse_{name}()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def refuse_change(op: Operations, table: str, name: str, *, when: str) -> None:
    """Refuse UPDATE of rows for which `when` (SQL over OLD, NEW and other tables) holds."""
    _refuse(op, f"UPDATE ON {table}", name, when=when, row="NEW")


def refuse_delete(op: Operations, table: str, name: str, *, when: str) -> None:
    """Refuse DELETE of rows for which `when` (SQL over OLD and other tables) holds."""
    _refuse(op, f"DELETE ON {table}", name, when=when, row="OLD")


def _refuse(op: Operations, occasion: str, name: str, *, when: str, row: str) -> None:
    """PostgreSQL looks at other tables only within a function, which lets `row` through."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {when} THEN RAISE EXCEPTION '{name}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {occasion} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {occasion} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def allow_again(op: Operations, table: str, name: str) -> None:
    """Take such a refusal away again; for the downgrade only."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION refuse_{name}()")
        return
    op.execute(f"DROP TRIGGER {name}")
