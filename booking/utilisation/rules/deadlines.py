"""By when a report is handed in: so many days after its period ended, by data with a source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from booking.kernel.periods import Period
from booking.utilisation.rules.sheets import PERIODS, Kind

_YEAR_BEGINS: Final = 9


@dataclass(frozen=True, slots=True)
class Deadline:
    """Of one kind of report; of schools only, where only the education ministry asks for it."""

    kind: Kind
    days_after: int
    remind_before: int
    schools_only: bool
    source: str
    is_example: bool

    def due(self, period: Period) -> date:
        """The last day on which it is in time."""
        return period.last + timedelta(days=self.days_after)

    def is_near(self, period: Period, today: date) -> bool:
        """From so many days before on; for as long afterwards, should nobody have been there."""
        return abs(self.due(period) - today) <= timedelta(days=self.remind_before)


def deadlines_of(document: Any) -> tuple[Deadline, ...]:
    """Read the data; ValueError where it is none."""
    try:
        found = tuple(_deadline(one) for one in document)
    except (KeyError, TypeError) as broken:
        raise ValueError(str(broken)) from broken
    if any(not one.source for one in found):
        raise ValueError("a deadline needs a source")
    return found


def _deadline(one: Mapping[str, Any]) -> Deadline:
    return Deadline(
        kind=Kind(one["kind"]),
        days_after=int(one["days_after"]),
        remind_before=int(one["remind_before"]),
        schools_only=bool(one.get("schools_only")),
        source=one["source"],
        is_example=bool(one.get("example")),
    )


def last_ended(kind: Kind, today: date) -> Period:
    """The period of a report that ended last."""
    match PERIODS[kind]:
        case "quarter":
            quarter = (today.month - 1) // 3
            year, number = (today.year, quarter) if quarter else (today.year - 1, 4)
            return Period.parse(f"{year}-Q{number}")
        case "academic_year":
            ended = today.year - 1 if today.month >= _YEAR_BEGINS else today.year - 2
            return Period.parse(f"AY{ended}")
        case _:
            return Period.parse(str(today.year - 1))
