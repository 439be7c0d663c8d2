"""What is still to happen in the played history, taken in order of simulated time."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from booking.db.transactions import UnitOfWork

Deed = Callable[[UnitOfWork, datetime], None]


@dataclass(order=True, slots=True)
class Step:
    """A deed and its moment; deeds of one moment keep the order in which they were planned."""

    at: datetime
    nth: int
    deed: Deed = field(compare=False)


class Agenda:
    """Steps by time; a step may plan further ones, as long as they are not before it."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._nth = count()

    def add(self, at: datetime, deed: Deed) -> None:
        heapq.heappush(self._steps, Step(at, next(self._nth), deed))

    def until(self, moment: datetime) -> Iterator[Step]:
        """Take everything up to a moment, also what is added on the way."""
        while self._steps and self._steps[0].at <= moment:
            yield heapq.heappop(self._steps)
