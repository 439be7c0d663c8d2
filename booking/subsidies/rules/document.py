"""A statement's document: JSON with one text, and the hash by which it is verified."""

import hashlib
import json

Document = dict[str, object]


def canonical(document: Document) -> str:
    """The one text of a document, whatever order its parts came in."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parsed(content: str) -> Document:
    """The document of a text."""
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("not a document")
    return found


def digest(content: str) -> str:
    """The hash by which a statement is verified."""
    return hashlib.sha256(content.encode()).hexdigest()
