"""Whether a file that somebody holds is one that this house makes of a locked statement."""

import hashlib
from typing import BinaryIO, Final

from sqlmodel import Session

from booking.subsidies.exports.prints import maker, prints_of
from booking.subsidies.queries.issued import Verified, unprinted, verified

_PIECE: Final = 64 * 1024
# Revisions of one statement that were locked since hashes were last kept: a minute's worth.
_FRESH: Final = 3


def hash_of(source: BinaryIO) -> str:
    """SHA-256 of a file, piece by piece."""
    made = hashlib.sha256()
    while piece := source.read(_PIECE):
        made.update(piece)
    return made.hexdigest()


def file_verified(
    session: Session, number: str, sha256: str, *, public_url: str
) -> Verified | None:
    """The statement of which this is the hash of a file; one that was locked so lately that the
    hashes of its files are not kept yet is printed here."""
    if found := verified(session, number, sha256):
        return found
    fresh = unprinted(session, maker(public_url), number=number, limit=_FRESH)
    for document in fresh:
        made = prints_of(document.number, document.content, public_url)
        if any(one.sha256 == sha256 for one in made):
            return verified(session, number, document.sha256)
    return None
