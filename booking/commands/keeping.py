"""Looking after the data: bring the database up to date, back everything up, restore it.

A backup is one tar archive: `database` (an SQLite file, or what pg_dump wrote) and `files/…`. The
database is copied first: a file that its copy speaks of stays on disk for a day at least, whatever
is removed meanwhile.
"""

import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy.engine import URL, make_url

from booking import migrations
from booking.commands.setting import database, stop
from booking.files.providers.disk import Vault, is_name
from booking.settings import Settings, files_beside

_DATABASE: Final = "database"
_FILES: Final = "files/"


def migrate() -> None:
    """Bring the database to the newest form. 升级数据库结构。"""
    with database() as engine:
        migrations.migrate(engine)
        typer.echo(f"up to date: {engine.url.render_as_string()}")


def backup(file: Path) -> None:
    """Write a consistent copy, files and all, while the centre runs. 在线备份数据库与文件。"""
    url, vault = _ours(Settings())
    beside = Path(f"{file}.part")
    with tempfile.TemporaryDirectory(dir=file.resolve().parent) as passing:
        copy = Path(passing) / _DATABASE
        _copy_database(url, copy)
        with tarfile.open(beside, "w") as archive:
            archive.add(copy, _DATABASE)
            for name, _ in vault.names():
                # One that no row knows may be swept away at this moment.
                with suppress(FileNotFoundError):
                    archive.add(vault.path(name), _FILES + name)
    beside.replace(file)
    typer.echo(str(file))


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    force: Annotated[
        bool, typer.Option("--force", help="replace what is there 覆盖现有数据")
    ] = False,
) -> None:
    """Put a backup in the place of the data; stop the centre first. 恢复备份（先停服务）。"""
    url, vault = _ours(Settings())
    path = _sqlite_file(url)
    if path is not None and path.exists() and not force:
        stop(f"{path} is there already; --force replaces it")
    if not tarfile.is_tarfile(file):
        # As backups were before there were files.
        _put_database(url, file)
    else:
        with tarfile.open(file) as archive, tempfile.TemporaryDirectory() as passing:
            _put_files(vault, archive)
            copy = Path(passing) / _DATABASE
            _write_out(archive, _DATABASE, copy)
            _put_database(url, copy)
    typer.echo(f"restored {url.render_as_string()}")


def _ours(settings: Settings) -> tuple[URL, Vault]:
    return (
        make_url(settings.database_url),
        Vault(settings.files or files_beside(settings.database_url)),
    )


def _copy_database(url: URL, to: Path) -> None:
    if path := _sqlite_file(url):
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
    else:
        _postgres("pg_dump", "--format=custom", f"--file={to}", url=url)


def _put_database(url: URL, copy: Path) -> None:
    path = _sqlite_file(url)
    if path is None:
        _postgres(
            "pg_restore", "--clean", "--if-exists", "--single-transaction", str(copy), url=url
        )
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)


def _put_files(vault: Vault, archive: tarfile.TarFile) -> None:
    """Before the database, so that no row is there without its bytes; what is there is put anew."""
    for member in archive:
        name = member.name.removeprefix(_FILES)
        if member.isfile() and member.name.startswith(_FILES) and is_name(name):
            with vault.draft() as draft:
                content = archive.extractfile(member)
                if content is None:
                    continue
                shutil.copyfileobj(content, draft.out)
                vault.drop(name)
                vault.put(draft, name=name)


def _write_out(archive: tarfile.TarFile, name: str, to: Path) -> None:
    content = archive.extractfile(name)
    if content is not None:
        with to.open("wb") as out:
            shutil.copyfileobj(content, out)


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
