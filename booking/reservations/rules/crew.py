"""The operators whom a booking takes, and who of them could be there."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """How many operators are needed, who is asked for, and who else would do.

    `wanted` are named or serve the booking already; without `others` nobody may stand in for them.
    """

    needed: int
    wanted: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    on_duty: frozenset[int] = frozenset()
    free: frozenset[int] = frozenset()

    @property
    def named(self) -> tuple[int, ...]:
        """Whom nobody may stand in for."""
        return () if self.others else self.wanted

    @property
    def present(self) -> tuple[int, ...]:
        """Whoever could come and is on duty, in the order in which they are asked."""
        return tuple(unit for unit in pool(self.wanted, self.others) if unit in self.on_duty)

    @property
    def ready(self) -> tuple[int, ...]:
        """Those of them who are free too."""
        return tuple(unit for unit in self.present if unit in self.free)

    def chosen(self) -> tuple[int, ...]:
        """Who is taken: those on duty first, then, where that was set aside, anybody free.

        Fewer than needed where so many are not free. Whoever was named is taken or nobody.
        """
        if not self.others:
            return self.wanted
        anybody = [unit for unit in pool(self.wanted, self.others) if unit in self.free]
        return pool(self.ready, anybody)[: self.needed]


def pool(first: Sequence[int], then: Sequence[int]) -> tuple[int, ...]:
    """All of them, each once, in that order."""
    return tuple(dict.fromkeys((*first, *then)))
