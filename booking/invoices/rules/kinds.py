"""Kinds of invoices, and what the number and the code of each look like.

数电票 carry a number of twenty digits and no code; those of before a code of ten or twelve digits
and a number of eight.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from booking.kernel.errors import Violation

DIGITAL_DIGITS: Final = 20
OLDER_DIGITS: Final = 8
_CODE_DIGITS: Final = (10, 12)


class InvoiceKind(StrEnum):
    """专用 or 普通, of the digital kind (数电票) or older."""

    DIGITAL_SPECIAL = "digital_special"
    DIGITAL_ORDINARY = "digital_ordinary"
    SPECIAL = "special"
    ORDINARY = "ordinary"

    @property
    def is_digital(self) -> bool:
        return self in {InvoiceKind.DIGITAL_SPECIAL, InvoiceKind.DIGITAL_ORDINARY}


def digits_of(text: str) -> str:
    """As it is stored: full-width signs folded, blanks and hyphens dropped."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))


def number_violations(kind: InvoiceKind, code: str, number: str) -> Iterator[Violation]:
    """What is wrong with a number and a code for this kind."""
    wanted = DIGITAL_DIGITS if kind.is_digital else OLDER_DIGITS
    if not _is_digits(number, (wanted,)):
        yield Violation(
            "invoice.number_digits", {"kind": kind, "number": number, "expected": wanted}
        )
    if kind.is_digital:
        if code:
            yield Violation("invoice.code_unneeded", {"kind": kind})
    elif not _is_digits(code, _CODE_DIGITS):
        yield Violation("invoice.code_digits", {"kind": kind, "code": code})


def _is_digits(text: str, lengths: tuple[int, ...]) -> bool:
    return text.isascii() and text.isdecimal() and len(text) in lengths
