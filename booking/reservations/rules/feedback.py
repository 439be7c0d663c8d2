"""What users say of a use: the five grades of the national record, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# Ours: the national record names grades but no term.
TERM: Final = timedelta(days=90)
LONGEST_COMMENT: Final = 300
# An average of fewer would tell what one of them said.
LEAST_USERS: Final = 3


class Grade(StrEnum):
    """非常满意, 基本满意, 一般, 不满意, 极差: in this order."""

    VERY_GOOD = "very_good"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    VERY_POOR = "very_poor"

    @property
    def points(self) -> int:
        """Five for the best, one for the worst; for averages only."""
        grades = list(Grade)
        return len(grades) - grades.index(self)


@dataclass(frozen=True, slots=True)
class Word:
    """A grade, and what there is to say besides."""

    grade: Grade
    comment: str = ""


def may_still_be_given(ended_at: datetime, *, now: datetime) -> bool:
    """Within the term that begins with the end of the use."""
    return ended_at <= now < ended_at + TERM


def average(points: Iterable[tuple[int, int]]) -> float | None:
    """Of what users (organisation, points) gave; None as long as too few did."""
    given = list(points)
    if len({user for user, _ in given}) < LEAST_USERS:
        return None
    return sum(one for _, one in given) / len(given)
