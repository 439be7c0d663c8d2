"""Looking after the database: bring it up to date, back it up, restore it."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import URL, make_url

from booking import migrations
from booking.commands.setting import database, stop
from booking.settings import Settings


def migrate() -> None:
    """Bring the database to the newest form. 升级数据库结构。"""
    with database() as engine:
        migrations.migrate(engine)
        typer.echo(f"up to date: {engine.url.render_as_string()}")


def backup(file: Path) -> None:
    """Write a consistent copy while the centre runs. 在线备份数据库。"""
    url = make_url(Settings().database_url)
    if path := _sqlite_file(url):
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)
    else:
        _postgres("pg_dump", "--format=custom", f"--file={file}", url=url)
    typer.echo(str(file))


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    force: Annotated[
        bool, typer.Option("--force", help="replace what is there 覆盖现有数据")
    ] = False,
) -> None:
    """Put a backup in the place of the database; stop the centre first. 恢复备份（先停服务）。"""
    url = make_url(Settings().database_url)
    path = _sqlite_file(url)
    if path is None:
        _postgres(
            "pg_restore", "--clean", "--if-exists", "--single-transaction", str(file), url=url
        )
    else:
        if path.exists() and not force:
            stop(f"{path} is there already; --force replaces it")
        path.parent.mkdir(parents=True, exist_ok=True)
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
    typer.echo(f"restored {url.render_as_string()}")


def _sqlite_file(url: URL) -> Path | None:
    """Where the data is, for SQLite."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database:
        stop("a database in memory has no file")
    return Path(url.database or "")


def _postgres(program: str, *words: str, url: URL) -> None:
    """PostgreSQL's own tools do it, told whereto by an address without our driver's name."""
    found = shutil.which(program)
    if found is None:
        stop(f"{program} is missing: apt-get install postgresql-client")
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    done = subprocess.run([found, *words, f"--dbname={plain}"], check=False)  # noqa: S603 - the tool
    if done.returncode:
        raise typer.Exit(done.returncode)
