"""What the uses of a year came to, for records; a room above knows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class YearFigures:
    """Of an instrument: effective seconds, those for others than its owner, income in fen."""

    run_seconds: int = 0
    service_seconds: int = 0
    income_fen: int = 0


class FiguresSource(Protocol):
    """Knows the uses; a room above is one, and the application names it."""

    def of_year(
        self, session: Session, year: int, ids: Sequence[int] | None = None, *, now: datetime
    ) -> Mapping[int, YearFigures]:
        """By instrument, those of whom nothing is known left out; of all when none are named."""
        ...


def summed(figures: Iterable[YearFigures]) -> YearFigures:
    """What several came to together."""
    found = list(figures)
    return YearFigures(
        sum(one.run_seconds for one in found),
        sum(one.service_seconds for one in found),
        sum(one.income_fen for one in found),
    )
