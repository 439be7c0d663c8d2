"""Public reference numbers: short enough to read over the telephone, never a row id."""

import secrets
from datetime import datetime

from booking.kernel.clock import local

# No 0/O, 1/I/L: numbers are read aloud and typed from paper.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def reference(prefix: str, at: datetime) -> str:
    """A new number such as `R261123-7KQ4MZ2`: the local day, then 35 random bits."""
    tail = "".join(secrets.choice(_LETTERS) for _ in range(7))
    return f"{prefix}{local(at):%y%m%d}-{tail}"
