"""All statements of a period as files: one by one, or together in a ZIP written piece by piece.

The same statements give the same ZIP, however many runs it took: entries come in order, and none
says when it was made.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from booking.subsidies.exports.files import KINDS, payments_file, statement_file
from booking.subsidies.exports.paper import Paper
from booking.subsidies.queries.settlements import SettlementView

File = tuple[str, bytes]
# What `sha256sum -c` reads.
SUMS: Final = "SHA256SUMS"
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o100644 << 16
_UNIX: Final = 3
_PACKED: Final = (".pdf", ".xlsx")
_PIECE: Final = 64 * 1024


def files_of(number: str, content: str, paper: Paper) -> Iterator[File]:
    """A statement in every kind."""
    for kind in KINDS:
        yield statement_file(number, content, kind, paper=paper)


def payment_files(view: SettlementView) -> Iterator[File]:
    """The payment list in every kind."""
    for kind in ("xlsx", "csv"):
        yield payments_file(view, kind)


def add(archive: Path, files: Iterable[File]) -> None:
    """Write files behind those that are in it."""
    with ZipFile(archive, "a") as opened:
        for name, content in files:
            opened.writestr(_entry(name), content)


def entries(archive: Path) -> int | None:
    """How many files are in it; None when it is none, or broke off while it was written."""
    try:
        with ZipFile(archive) as opened:
            return len(opened.namelist())
    except (BadZipFile, FileNotFoundError):
        return None


def add_sums(archive: Path) -> None:
    """Write the hashes of all files as the last one."""
    with ZipFile(archive) as opened:
        lines = [f"{_hash(opened, name)}  {name}\n" for name in opened.namelist()]
    add(archive, [(SUMS, "".join(lines).encode())])


def _hash(archive: ZipFile, name: str) -> str:
    made = hashlib.sha256()
    with archive.open(name) as source:
        while piece := source.read(_PIECE):
            made.update(piece)
    return made.hexdigest()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _NO_TIME)
    entry.create_system, entry.external_attr = _UNIX, _READABLE
    entry.compress_type = ZIP_STORED if name.endswith(_PACKED) else ZIP_DEFLATED
    return entry
