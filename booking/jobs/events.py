"""Facts of the clock."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class JobRunByHand(Event):
    """Somebody ran a job out of turn; `subject` reads `job:<id>`."""

    name: ClassVar[str] = "jobs.run_by_hand"

    rows: int
