"""What is held on some units over a long time, read once for many questions about it."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from sqlmodel import Session

from booking.instruments.queries.holds import Held, conflicts, held_on
from booking.kernel.errors import Conflict
from booking.kernel.timespan import TimeSpan

_NOBODY: Final = -1


class Diary:
    """The holds of some units; what is noted meanwhile lies in the way like what was read."""

    def __init__(self, session: Session, unit_ids: Iterable[int], span: TimeSpan) -> None:
        self._pages: dict[int, list[tuple[TimeSpan, int]]] = {unit: [] for unit in unit_ids}
        self._held: dict[int, Held] = {}
        for hold_id, held in held_on(session, sorted(self._pages), span):
            self._enter(hold_id, held)

    def free(self, unit_ids: Iterable[int], span: TimeSpan) -> list[int]:
        """Those of the units on which nothing lies in the span, lowest id first."""
        return [unit for unit in sorted(set(unit_ids)) if not self._within(unit, span)]

    def conflicts(self, unit_ids: Iterable[int], span: TimeSpan) -> tuple[Conflict, ...]:
        """What stands in the way on these units, earliest first; without saying whose."""
        found = {hold: when for unit in unit_ids for when, hold in self._within(unit, span)}
        order = sorted(found, key=lambda hold: (found[hold].start, hold))
        return conflicts([self._held[hold] for hold in order])

    def note(self, unit_ids: Iterable[int], span: TimeSpan) -> None:
        """From here on this time is taken too."""
        for unit in unit_ids:
            self._enter(_NOBODY - len(self._held), Held(unit, span))

    def forget(self, numbers: Collection[str]) -> None:
        """What was read of some bookings lies in nobody's way any more."""
        for unit, page in self._pages.items():
            self._pages[unit] = [
                one for one in page if self._held[one[1]].reservation_number not in numbers
            ]

    def _enter(self, hold_id: int, held: Held) -> None:
        self._held[hold_id] = held
        insort(self._pages[held.unit_id], (held.span, hold_id))

    def _within(self, unit: int, span: TimeSpan) -> Sequence[tuple[TimeSpan, int]]:
        """Holds of a unit never overlap, so those in the span lie side by side."""
        page = self._pages[unit]
        last = first = bisect_left(page, span.end, key=lambda entry: entry[0].start)
        while first and page[first - 1][0].end > span.start:
            first -= 1
        return page[first:last]
