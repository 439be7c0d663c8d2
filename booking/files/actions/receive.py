"""Take a file in: first its bytes, with no transaction open; then its row, in the deed's own.

    received = receive(vault, form.checked.evidence, Use.EVIDENCE)
    kept = keep(uow, received, uploaded_by=actor.id, now=now)

A crash or a refusal between the two leaves bytes without a row, which the nightly sweep removes.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from booking.db.transactions import UnitOfWork
from booking.files.errors import (
    FileDamaged,
    FileEmpty,
    FileKindRefused,
    FileKindUnknown,
    FileRefersOutside,
    FileSwells,
    FileTooLarge,
    FileTwofold,
    TooManyPixels,
)
from booking.files.models import ScanState, StoredFile
from booking.files.providers.disk import Draft, Vault
from booking.files.providers.scanner import scanned
from booking.files.providers.shrinking import shrunk
from booking.files.rules.content import Fault, fault_in, looks_like
from booking.files.rules.kinds import ALLOWED, Allowance, FileKind, Use
from booking.files.rules.names import clean_name
from booking.files.rules.sheets import begins_as_xml, encoding_of
from booking.kernel.errors import BookingError

_CHUNK: Final = 64 * 1024
_REFUSALS: Final[Mapping[Fault, type[BookingError]]] = {
    Fault.DAMAGED: FileDamaged,
    Fault.TWOFOLD: FileTwofold,
    Fault.TOO_MANY_PIXELS: TooManyPixels,
    Fault.SWELLS: FileSwells,
    Fault.REFERS_OUTSIDE: FileRefersOutside,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file whose bytes are in place, and which no row knows yet."""

    name: str
    kind: FileKind
    size: int
    sha256: str
    given_name: str
    scan: ScanState


class Sent(Protocol):
    """A file as it arrives, and what it is called."""

    file: BinaryIO
    filename: str | None


def receive(vault: Vault, sent: Sent, use: Use) -> Received:
    """Write it down, see what it is, have it scanned, and put it in place; or say why not."""
    allowed = ALLOWED[use]
    with vault.draft() as draft:
        size, sha256 = _copied(sent.file, draft, allowed)
        kind = _judged(draft.path, allowed)
        scan = scanned(vault.scan_command, draft.path)
        return Received(
            name=vault.put(draft),
            kind=kind,
            size=size,
            sha256=sha256,
            given_name=clean_name(sent.filename or "", kind),
            scan=scan,
        )


@dataclass(frozen=True, slots=True)
class ReceivedPicture:
    """A photo in two sizes; what was sent is not kept."""

    large: Received
    small: Received


def receive_picture(vault: Vault, sent: Sent) -> ReceivedPicture:
    """Judge a photo like any file, and put in place only what pages show of it."""
    with vault.draft() as draft:
        _copied(sent.file, draft, ALLOWED[Use.PHOTO])
        _judged(draft.path, ALLOWED[Use.PHOTO])
        scan = scanned(vault.scan_command, draft.path)
        large, small = shrunk(draft.path)
    name = clean_name(sent.filename or "", FileKind.JPEG)
    put = [_put(vault, content, given_name=name, scan=scan) for content in (large, small)]
    return ReceivedPicture(*put)


def _put(vault: Vault, content: bytes, *, given_name: str, scan: ScanState) -> Received:
    with vault.draft() as draft:
        draft.out.write(content)
        return Received(
            name=vault.put(draft),
            kind=FileKind.JPEG,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            given_name=given_name,
            scan=scan,
        )


def keep(
    uow: UnitOfWork, received: Received, *, uploaded_by: int | None, now: datetime
) -> StoredFile:
    """Give it its row; nothing points at it yet."""
    row = StoredFile(
        name=received.name,
        kind=received.kind,
        size=received.size,
        sha256=received.sha256,
        given_name=received.given_name,
        scan=received.scan,
        uploaded_by=uploaded_by,
        uploaded_at=now,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _copied(source: BinaryIO, draft: Draft, allowed: Allowance) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > allowed.largest:
            raise FileTooLarge(largest=allowed.largest_text, largest_bytes=allowed.largest)
        digest.update(chunk)
        draft.out.write(chunk)
    draft.out.flush()
    if not size:
        raise FileEmpty
    return size, digest.hexdigest()


def _judged(path: Path, allowed: Allowance) -> FileKind:
    with path.open("rb") as source, mmap(source.fileno(), 0, access=ACCESS_READ) as content:
        looks = looks_like(content)
        if not looks and FileKind.CSV in allowed.kinds and encoding_of(content):
            # Nothing at its beginning tells a table of text from any other text.
            looks = FileKind.CSV
        if FileKind.XML in allowed.kinds and _may_be_xml(looks) and begins_as_xml(content):
            looks = FileKind.XML
        if not looks:
            raise FileKindUnknown(accepted=allowed.kinds)
        if not isinstance(looks, FileKind) or looks not in allowed.kinds:
            raise FileKindRefused(looks=looks, accepted=allowed.kinds)
        if fault := fault_in(content, looks):
            raise _REFUSALS[fault](looks=looks)
    return looks


def _may_be_xml(looks: FileKind | str) -> bool:
    return not isinstance(looks, FileKind) and looks not in {"HTML", "SVG"}
