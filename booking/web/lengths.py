"""How large a request says that its body is."""

import sys
from typing import Final

from starlette.datastructures import Headers

_MOST_DIGITS: Final = 19


def declared_length(headers: Headers) -> int | None:
    """What a header says of a body's length; None if it is no number.

    Not all that Python calls a digit makes a number, and it does not read one of 5,000 digits.
    """
    told = headers.get("content-length", "0")
    if not (told.isascii() and told.isdecimal()):
        return None
    return int(told) if len(told) < _MOST_DIGITS else sys.maxsize
