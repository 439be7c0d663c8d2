"""The chain of the trail: each link's hash covers its entry and the hash of the link before it.

Whoever alters, removes or reorders an entry would have to make every later hash anew; whoever noted
one of them elsewhere then finds that it is gone.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

# What the first link stands on.
ORIGIN: Final = "0" * 64
# Parts that entries did not have from the start: covered when they say something, so that what was
# hashed before there were any still proves.
ADDED_LATER: Final = frozenset({"on_behalf_of"})
Content = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain, from 1 on; `content` is missing when the entry is gone."""

    position: int
    entry_id: int
    hash: str
    content: Content | None


@dataclass(frozen=True, slots=True)
class ChainFault:
    """What is wrong where: `gap`, `removed` or `altered`."""

    kind: str
    position: int
    entry_id: int


def link_text(content: Content) -> str:
    """An entry as it is hashed, whatever order its parts came in."""
    told = {name: part for name, part in content.items() if part or name not in ADDED_LATER}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link_hash(previous: str, content: Content) -> str:
    """SHA-256 of the hash before, a new line, and the entry."""
    text = link_text(content)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def chain_faults(links: Iterable[Link]) -> Iterator[ChainFault]:
    """Every place where the chain does not hold, in order; links come by position."""
    previous, expected = ORIGIN, 1
    for link in links:
        if link.position != expected:
            yield ChainFault("gap", expected, link.entry_id)
        elif link.content is None:
            yield ChainFault("removed", link.position, link.entry_id)
        elif link_hash(previous, link.content) != link.hash:
            yield ChainFault("altered", link.position, link.entry_id)
        previous, expected = link.hash, link.position + 1
