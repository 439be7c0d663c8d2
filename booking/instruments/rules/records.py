"""Records for the national platform: fields of theirs, what is missing, and where it is mended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from booking.instruments.rules.columns import Need

_FEN_PER_WAN: Final = 1_000_000
_HOUR: Final = 3600


class Mend(StrEnum):
    """Where a field is mended."""

    CARD = "card"
    PICTURES = "pictures"
    ORGANISATION = "organisation"
    # Comes of uses that are confirmed.
    USES = "uses"
    # Only the platform's own form asks for it.
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of theirs, from which of our columns, and what it must be."""

    name: str
    heading: str
    value: Callable[[Mapping[Any, Any]], str]
    need: Need = Need.OPTIONAL
    longest: int = 0
    # Whose words it says, where a form has them.
    source: str = ""
    mend: Mend = Mend.CARD


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a record lacks, or says too long."""

    field: Field
    # Characters too many; none when it is missing.
    over: int = 0

    @property
    def blocks(self) -> bool:
        """Whether it keeps the record from being filed."""
        return bool(self.over) or self.field.need is Need.REQUIRED


def flaws_of(fields: Sequence[Field], about: Mapping[Any, Any]) -> tuple[Flaw, ...]:
    """Fields that say nothing though they should, and fields that say too much."""
    found = []
    for field in fields:
        value = field.value(about)
        if field.need is not Need.OPTIONAL and not value:
            found.append(Flaw(field))
        elif field.longest and len(value) > field.longest:
            found.append(Flaw(field, len(value) - field.longest))
    return tuple(found)


def told_by(fields: Sequence[Field], about: Mapping[Any, Any]) -> dict[str, str]:
    """The record: their names, and what we say under them."""
    return {field.name: field.value(about) for field in fields}


def written_flaw(flaw: Flaw) -> str:
    """A flaw as the file says it."""
    return (
        f"{flaw.field.heading}：超出 {flaw.over} 字" if flaw.over else f"{flaw.field.heading}：缺"
    )


def in_wan(amount_fen: int) -> str:
    """Fen → 万元 with two decimals."""
    return _rounded(Decimal(amount_fen) / _FEN_PER_WAN, "0.01")


def in_hours(seconds: int) -> str:
    """Seconds → hours with one decimal."""
    return _rounded(Decimal(seconds) / _HOUR, "0.1")


def in_percent(part: int, whole: int) -> str:
    """A share with two decimals; nothing of nothing is not said."""
    return _rounded(Decimal(part * 100) / whole, "0.01") if whole else ""


def _rounded(number: Decimal, to: str) -> str:
    return str(number.quantize(Decimal(to), ROUND_HALF_UP))
