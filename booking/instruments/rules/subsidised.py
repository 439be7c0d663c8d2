"""What public programmes would pay of an hour on an instrument, as the catalogue asks it.

Who knows the programmes says it in these values; here nothing is known of how they are read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Hour(NamedTuple):
    """An hour on an instrument at its list price in fen, and what programmes ask of its card."""

    kind: str
    value_fen: int
    provider_id: int
    provider_district: str
    fen: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a programme asks of a card, where empty asks nothing, and what it pays in fen."""

    pays: Callable[[Hour], int]
    kinds: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    least_value_fen: int | None = None
    not_of: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Assumed:
    """The schemes that hold for somebody today; of which company that was assumed, empty: of any
    that may claim at all."""

    schemes: tuple[Scheme, ...]
    company: str = ""


def own_share(hour: Hour, schemes: Sequence[Scheme]) -> int:
    """What is left to pay in fen, before the caps and budgets of a year."""
    return max(hour.fen - sum(scheme.pays(hour) for scheme in schemes), 0)
