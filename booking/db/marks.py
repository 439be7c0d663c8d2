"""Marks: small rows that triggers leave behind when something changes, so that a later sweep
redoes only what it must, whoever wrote the change.

A mark says whose figures are touched and in which span; no owner means everybody's, no start or
end means without bound. Marks have no unique key: two deeds never wait for each other's mark.
SQLite's batch mode makes a table anew and loses its triggers: a later migration of a watched table
leaves them again.
"""

from dataclasses import dataclass

from alembic.operations import Operations


@dataclass(frozen=True, slots=True)
class Watched:
    """A table, the columns whose change matters, and where a row's owner and span stand.

    With `every`, the owners are all rows of that table that have the same `owner` column.
    """

    table: str
    columns: tuple[str, ...]
    owner: str | None = "instrument_id"
    starts: str | None = None
    ends: str | None = None
    every: str | None = None

    def values(self, row: str) -> str:
        owner, *span = (
            f"{row}.{part}" if part else "NULL" for part in (self.owner, self.starts, self.ends)
        )
        return ", ".join((f"{self.every}.id" if self.every else owner, *span))

    def mark(self, into: str, row: str, *, when: str = "") -> str:
        source = f" FROM {self.every}" if self.every else ""
        same = f"{self.every}.{self.owner} = {row}.{self.owner}" if self.every else ""
        conditions = " AND ".join(f"({part})" for part in (same, when) if part)
        condition = f" WHERE {conditions}" if conditions else ""
        return (
            f"INSERT INTO {into} (instrument_id, starts_at, ends_at) "
            f"SELECT {self.values(row)}{source}{condition};"
        )

    @property
    def moved(self) -> str:
        """Whether an update left a place that must be redone too."""
        parts = [part for part in (self.owner, self.starts, self.ends) if part]
        return " OR ".join(f"OLD.{p} IS DISTINCT FROM NEW.{p}" for p in parts) or "1 = 0"


def leave_marks(op: Operations, watched: Watched, *, into: str) -> None:
    """From now on, changes of the table leave marks."""
    if op.get_bind().dialect.name == "postgresql":
        _leave_on_postgresql(op, watched, into)
    else:
        _leave_on_sqlite(op, watched, into)


def leave_no_marks(op: Operations, watched: Watched) -> None:
    """Take the triggers away again; for the downgrade only."""
    table = watched.table
    if op.get_bind().dialect.name == "postgresql":
        for event in ("rows", "update"):
            op.execute(f"DROP TRIGGER {table}_leaves_mark_{event} ON {table}")
        op.execute(f"DROP FUNCTION {table}_leaves_mark()")
        return
    for event in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER {table}_leaves_mark_{event}")


def _leave_on_sqlite(op: Operations, watched: Watched, into: str) -> None:
    moved = watched.moved.replace("IS DISTINCT FROM", "IS NOT")
    for event, moment, marks in (
        ("insert", "INSERT", watched.mark(into, "NEW")),
        ("delete", "DELETE", watched.mark(into, "OLD")),
        (
            "update",
            f"UPDATE OF {', '.join(watched.columns)}",
            watched.mark(into, "NEW") + watched.mark(into, "OLD", when=moved),
        ),
    ):
        op.execute(
            f"CREATE TRIGGER {watched.table}_leaves_mark_{event} AFTER {moment} "
            f"ON {watched.table} BEGIN {marks} END"
        )


def _leave_on_postgresql(op: Operations, watched: Watched, into: str) -> None:
    name = f"{watched.table}_leaves_mark"
    op.execute(f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP <> 'DELETE' THEN {watched.mark(into, "NEW")} END IF;
IF TG_OP = 'DELETE' THEN {watched.mark(into, "OLD")} END IF;
IF TG_OP = 'UPDATE' THEN {watched.mark(into, "OLD", when=watched.moved)} END IF;
RETURN NULL; END $$""")
    for event, moment in (
        ("rows", "INSERT OR DELETE"),
        ("update", f"UPDATE OF {', '.join(watched.columns)}"),
    ):
        op.execute(
            f"CREATE TRIGGER {name}_{event} AFTER {moment} ON {watched.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
