"""What is kept of a search, and how many somebody may keep."""

from collections.abc import Mapping
from typing import Final

MOST_SEARCHES: Final = 20
# How many new cards of one search a letter names.
MOST_NAMED: Final = 10
# A span in which something is to be free is over one day; a search is not.
KEPT: Final = ("q", "category", "district", "mode", "price", "lab", "sort", "near")


def kept_of(asked: Mapping[str, object]) -> dict[str, str]:
    """What is kept of what an address asks: neither what it leaves open nor any times."""
    texts = {name: "" if asked.get(name) is None else str(asked[name]).strip() for name in KEPT}
    return {name: text for name, text in texts.items() if text and (name, text) != _AS_FOUND}


_AS_FOUND: Final = ("sort", "relevance")
