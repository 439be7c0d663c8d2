"""What is kept of a search, and how many somebody may keep."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

MOST_SEARCHES: Final = 20
# How many new cards of one search a letter names.
MOST_NAMED: Final = 10
SUBSIDISED: Final = "subsidised"
TIMES: Final = ("free_from", "free_to")
# A span in which something is to be free is over one day; a search is not.
KEPT: Final = ("q", "category", "district", "mode", "price", "lab", SUBSIDISED, "sort", "near")


def kept_of(asked: Mapping[str, object]) -> dict[str, str]:
    """What is kept of what an address asks: neither what it leaves open nor any times."""
    texts = {name: "" if asked.get(name) is None else str(asked[name]).strip() for name in KEPT}
    texts[SUBSIDISED] = "true" if texts[SUBSIDISED].lower() in _YES else ""
    return {name: text for name, text in texts.items() if text and (name, text) != _AS_FOUND}


def asks_times(asked: Mapping[str, object]) -> bool:
    """Whether an address asks for something that is free at some time, which is not kept."""
    return any(asked.get(name) for name in TIMES)


def letter_key(search_id: int, saved_at: datetime) -> str:
    """What a link in a letter names; a number alone may be given to another search later."""
    return f"{search_id}@{saved_at.isoformat()}"


_AS_FOUND: Final = ("sort", "relevance")
_YES: Final = frozenset({"true", "on", "1", "yes"})
