"""The chain of locked statements: each link's hash covers its document and the link before it.

Each document also says on which hash it stands, so that whoever holds a statement holds a promise
about every one that was locked before.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from booking.subsidies.rules.document import Document

# What the first link stands on.
ORIGIN: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last place of the chain and its hash; the place before the first where there is none."""

    position: int = 0
    hash: str = ORIGIN

    def then(self, sha256: str) -> "ChainEnd":
        """Where the chain ends with a document of this hash added."""
        return ChainEnd(self.position + 1, link_hash(self.hash, sha256))


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain; `sha256` is what its document comes to now."""

    position: int
    statement: str
    sha256: str
    previous: str
    hash: str


def link_hash(previous: str, sha256: str) -> str:
    """SHA-256 of the hash before, a new line, and the document's own."""
    return hashlib.sha256(f"{previous}\n{sha256}".encode()).hexdigest()


def sealed(document: Document, end: ChainEnd, *, on: date) -> Document:
    """The document as it is locked: on which day, at which place, on which hash."""
    locked = {"on": on.isoformat(), "position": end.position + 1, "previous": end.hash}
    return {**document, "locked": locked}


def broken_links(links: Iterable[Link], end: ChainEnd) -> Iterator[Link]:
    """The links that do not hold, by position; a chain that is shorter than `end` says lacks a
    link of no statement."""
    before = ChainEnd()
    for link in links:
        found = before.then(link.sha256)
        stands = link.position == found.position and link.previous == before.hash
        if not (stands and link.hash == found.hash):
            yield link
        before = ChainEnd(link.position, link.hash)
    if before != end:
        yield Link(end.position, "", "", before.hash, end.hash)
