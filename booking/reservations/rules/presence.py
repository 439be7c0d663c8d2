"""The code on the screen of a lab: whoever can read it out is there."""

import hmac
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final

# A code is taken until the one after the next is shown: time enough to type it.
SHOWN_SECONDS: Final = 60
_DIGITS: Final = 6


def code_at(key: str, lab_id: int, moment: datetime) -> str:
    """Six digits that only whoever has the key can foretell."""
    return _code(key, lab_id, int(moment.timestamp()) // SHOWN_SECONDS)


def is_code(key: str, lab_id: int, typed: str, *, now: datetime) -> bool:
    """Whether it is the code shown now, or the one before; in wide digits too."""
    told = "".join(s for s in unicodedata.normalize("NFKC", typed) if s.isdecimal()).encode()
    found = [hmac.compare_digest(told, code.encode()) for code in _taken(key, lab_id, now)]
    return any(found)


def _taken(key: str, lab_id: int, now: datetime) -> Iterator[str]:
    step = int(now.timestamp()) // SHOWN_SECONDS
    yield _code(key, lab_id, step)
    yield _code(key, lab_id, step - 1)


def _code(key: str, lab_id: int, step: int) -> str:
    said = hmac.new(key.encode(), f"presence:{lab_id}:{step}".encode(), sha256).digest()
    return f"{int.from_bytes(said[:8]) % 10**_DIGITS:0{_DIGITS}}"
