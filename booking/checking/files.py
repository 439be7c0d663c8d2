"""Invariant 9 rests on what people sent: the bytes of every file are there, as they came."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlmodel import Session

from booking.checking.proof import Proof, Row
from booking.files.providers.disk import vault_of
from booking.files.queries import every_file


def _altered(session: Session) -> Iterable[Row]:
    vault = vault_of(session.get_bind())
    for file in every_file(session):
        found = _sha256(vault.path(file.name))
        if found != file.sha256:
            yield {"file": file.id, "name": file.name, "what": "altered" if found else "gone"}


def _sha256(path: Path) -> str:
    """The digest of a file; nothing when there is none."""
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


PROOFS: Final = (Proof(9, "the bytes of a file are not those that came", _altered),)
