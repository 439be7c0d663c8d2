"""Reports as files, compared with those that were agreed.

`BOOKING_WRITE_GOLDEN=1 pytest tests/utilisation` writes them anew; read what changed.
"""

import os
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).with_name("golden")


def same_as_golden(name: str, content: bytes, *, names: Mapping[str, str] | None = None) -> None:
    """The file of that name says the same; what every database numbers otherwise is named alike."""
    text = content.decode()
    for found, called in (names or {}).items():
        text = text.replace(found, called)
    path = FOLDER / name
    if os.environ.get("BOOKING_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    assert text.encode() == path.read_bytes()
