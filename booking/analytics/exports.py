"""Parquet of the fact tables: a folder that is there whole or not at all.

Rows go as text into a file beside, and DuckDB turns that into Parquet; neither holds a table in
memory. All tables are read in one transaction, so that they agree with each other.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from booking.analytics.queries import SCHEMA_VERSION, TABLES, FactTable, rows_of
from booking.analytics.told import ABOUT
from booking.db.patience import take_your_time
from booking.db.transactions import snapshot_session
from booking.db.types import UtcDateTime

MANIFEST: Final = "manifest.json"
PART: Final = ".part"
# Little of each: what DuckDB may keep, and the rows of a group, which it collects before it writes.
_MEMORY: Final = "128MB"
_GROUP: Final = 20_480
_SPILL: Final = "spill"
_TYPES: Final = (
    (UtcDateTime, "TIMESTAMPTZ"),
    (sa.Date, "DATE"),
    (sa.Boolean, "BOOLEAN"),
    (sa.Integer, "BIGINT"),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A table as it was written."""

    name: str
    file: str
    rows: int
    sha256: str
    columns: dict[str, str]


def export(engine: Engine, folder: Path, *, now: datetime) -> Sequence[Written]:
    """Write every table and a manifest into a folder that does not exist yet, or is empty."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.parent / f".{folder.name}.{uuid4().hex[:8]}{PART}"
    beside.mkdir()
    try:
        with snapshot_session(engine) as session:
            take_your_time(session)
            written = [_written(session, table, beside) for table in TABLES]
        _tell(beside, written, now=now)
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return written


def _tell(folder: Path, written: Sequence[Written], *, now: datetime) -> None:
    """What the folder holds, so that its reader can prove it."""
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "written_at": now.astimezone(UTC).isoformat(),
        "times": "UTC",
        "money": "integer fen",
        "tables": [{**asdict(one), **_words(one.name)} for one in written],
    }
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    for each in (*folder.iterdir(), folder):
        descriptor = os.open(each, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def _words(name: str) -> dict[str, object]:
    """What a row of a table is, and what its columns mean."""
    about = ABOUT[name]
    meanings = {column: {"zh": zh, "en": en} for column, (zh, en) in about.columns.items()}
    return {"about": {"zh": about.zh, "en": about.en}, "meanings": meanings}


def _written(session: Session, table: FactTable, folder: Path) -> Written:
    text, parquet = folder / f"{table.name}.csv", folder / f"{table.name}.parquet"
    columns = columns_of(table)
    with text.open("w", encoding="utf-8", newline="") as file:
        rows = 0
        for row in rows_of(session, table):
            file.write(",".join(map(_cell, row)) + "\n")
            rows += 1
    _to_parquet(text, parquet, columns)
    text.unlink()
    shutil.rmtree(folder / _SPILL, ignore_errors=True)
    with parquet.open("rb") as whole:
        digest = file_digest(whole, "sha256").hexdigest()
    return Written(table.name, parquet.name, rows, digest, columns)


def _to_parquet(text: Path, parquet: Path, columns: dict[str, str]) -> None:
    with _duckdb(text.parent) as duck:
        # Paths are quoted and types are ours: a COPY takes no parameters.
        source = (
            f"read_csv({_quoted(text)}, columns = {columns}, header = false, auto_detect = false,"
            " delim = ',', quote = '\"', escape = '\"', new_line = '\\n', nullstr = '',"
            " allow_quoted_nulls = false, parallel = false)"
        )
        target = f"{_quoted(parquet)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP})"
        duck.execute(f"COPY (SELECT * FROM {source}) TO {target}")  # noqa: S608 - see above


@contextmanager
def _duckdb(folder: Path) -> Iterator[Any]:
    """DuckDB with little memory and nothing from outside; it takes long to import, so not before
    it is needed."""
    import duckdb  # noqa: PLC0415

    settings = {"memory_limit": _MEMORY, "threads": "1", "temp_directory": str(folder / _SPILL)}
    offline = dict.fromkeys(("autoinstall_known_extensions", "autoload_known_extensions"), "false")
    with duckdb.connect(config={**settings, **offline}) as duck:
        yield duck


def columns_of(table: FactTable) -> dict[str, str]:
    """The columns of a table and what DuckDB calls their types."""
    return {name: _type(kind) for name, kind in table.columns}


def _type(kind: sa.types.TypeEngine[Any]) -> str:
    return next((name for of, name in _TYPES if isinstance(kind, of)), "VARCHAR")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _cell(value: object) -> str:
    """A value for DuckDB to read: texts quoted, so that an empty one is not nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return '"' + str(value).replace('"', '""') + '"'
