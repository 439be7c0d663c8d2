"""Where bytes lie: one directory outside the web root, each file under a random name.

A file is written under a passing name, brought to the disk, and only then put in place; nothing
that is there is ever written again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Final

from sqlalchemy.engine import Connection, Engine

from booking.db.engine import FILES

_NAME_BYTES: Final = 16
_NAME_LENGTH: Final = 2 * _NAME_BYTES
_HEX: Final = frozenset("0123456789abcdef")
_INCOMING: Final = "incoming"
_OURS_ALONE: Final = 0o700


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that is being written."""

    path: Path
    out: BinaryIO


@dataclass(frozen=True, slots=True)
class Vault:
    """The directory of a database's files; hosts that share the one share the other.

    `scan_command` looks at each file before it is put in place.
    """

    directory: Path
    scan_command: str = ""

    def path(self, name: str) -> Path:
        """Where the bytes of a name lie, or would."""
        if not is_name(name):
            raise ValueError("no name of ours")
        return self.directory / name[:2] / name

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """A file to write; gone afterwards unless it was put in place."""
        there = self.directory / _INCOMING
        there.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
        path = there / token_hex(_NAME_BYTES)
        try:
            with path.open("xb") as out:
                yield Draft(path, out)
        finally:
            path.unlink(missing_ok=True)

    def ongoing(self, name: str) -> Path:
        """A draft that is written over several runs, by a name that whoever writes it keeps; left
        alone for a day, it is forgotten like any other."""
        if not is_name(name):
            raise ValueError("no name of ours")
        there = self.directory / _INCOMING
        there.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
        return there / name

    def put(self, draft: Draft, *, name: str = "") -> str:
        """Bring a draft to the disk and give it its name, which it is the first to have."""
        name = name or token_hex(_NAME_BYTES)
        place = self.path(name)
        place.parent.mkdir(mode=_OURS_ALONE, exist_ok=True)
        draft.out.flush()
        os.fsync(draft.out.fileno())
        # Takes the name first: `replace` alone would overwrite in silence.
        place.touch(mode=0o600, exist_ok=False)
        draft.path.chmod(0o600)
        draft.path.replace(place)
        for directory in (place.parent, self.directory):
            _reach_the_disk(directory)
        return name

    def drop(self, name: str) -> None:
        """Remove the bytes of a name."""
        self.path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Every file in place and since when; what bears no name of ours is left alone."""
        for place in self.directory.glob("[0-9a-f][0-9a-f]/*"):
            if is_name(place.name) and place.name.startswith(place.parent.name):
                with suppress(FileNotFoundError):
                    yield place.name, _written_at(place)

    def forget_drafts(self, before: datetime) -> int:
        """Remove what a crash left half written."""
        old = 0
        for path in (self.directory / _INCOMING).glob("*"):
            with suppress(FileNotFoundError):
                if is_name(path.name) and _written_at(path) < before:
                    path.unlink()
                    old += 1
        return old


def vault_of(bind: Engine | Connection, *, scan_command: str = "") -> Vault:
    """The vault that belongs to a database."""
    return Vault(Path(bind.get_execution_options()[FILES]), scan_command)


def new_name() -> str:
    """A name that nobody has."""
    return token_hex(_NAME_BYTES)


def is_name(text: str) -> bool:
    """Whether this is a name as we make them, and so no path to anywhere."""
    return len(text) == _NAME_LENGTH and set(text) <= _HEX


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _reach_the_disk(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
