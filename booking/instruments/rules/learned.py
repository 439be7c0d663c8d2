"""What searches have learned about taken time: a bound that is never too late.

Each unit has one integer whose bits are stretches of five minutes; a set bit means taken for
certain. Unlearned time counts as free, so what is read from here is only where a slot can begin at
the earliest; whether it does, the holds themselves decide. New holds make a bound too early, which
costs a look; only released time could make it too late, so a unit with released time is unlearned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from booking.instruments.rules.slots import Seconds

STEP: Final = 300
# Beyond this many steps nothing is learned: integers stay short.
_REACH: Final = 21 * 86_400 // STEP


@dataclass(slots=True)
class Learned:
    """Taken time by unit, from an anchor on."""

    anchor: int = 0
    taken: dict[int, int] = field(default_factory=dict)

    def settle(self, start: int) -> bool:
        """Keep the anchor near what is asked about; moving it unlearns everything."""
        if self.anchor <= start < self.anchor + 7 * 86_400:
            return False
        self.anchor = start - start % 86_400
        self.taken.clear()
        return True

    def learn(self, unit_id: int, held: Iterable[Seconds]) -> None:
        """Remember what was seen to be held, without its ragged ends."""
        bits = 0
        for start, end in held:
            first = max(-((self.anchor - start) // STEP), 0)
            last = min((end - self.anchor) // STEP, _REACH)
            if first < last:
                bits |= (1 << last) - (1 << first)
        if bits:
            self.taken[unit_id] = self.taken.get(unit_id, 0) | bits

    def unlearn(self, unit_ids: Iterable[int]) -> None:
        """Forget what was known of units on which time became free."""
        for unit_id in unit_ids:
            self.taken.pop(unit_id, None)

    def earliest(
        self,
        units: Sequence[int],
        opened: "Opened",
        *,
        length: int,
        since: int,
        serving: Sequence[int] = (),
    ) -> int | None:
        """The moment before which no slot of this length can begin on any of the units.

        With `serving`, one of those has to be free as well. None: it can begin nowhere.
        """
        skip, steps = max((since - self.anchor) // STEP, 0), length // STEP
        best = max(_REACH - steps, skip) if opened.beyond else None
        for taken in self._taken_together(units, serving):
            # Not `mask & ~taken`: negative integers of this length are slow.
            free = opened.mask ^ (opened.mask & taken)
            run = _first_run(free >> skip if skip else free, steps)
            if run is not None and (best is None or skip + run < best):
                best = skip + run
        return None if best is None else max(self.anchor + best * STEP, since)

    def _taken_together(self, units: Sequence[int], serving: Sequence[int]) -> list[int]:
        taken = [self.taken.get(unit_id, 0) for unit_id in units]
        if not serving:
            return taken
        others = [self.taken.get(unit_id, 0) for unit_id in serving]
        return [mine | other for mine in taken for other in others]

    def opened(self, windows: Iterable[Seconds]) -> "Opened":
        """The open windows as bits, generously."""
        mask, last = 0, 0
        for opens, closes in windows:
            first = max((opens - self.anchor) // STEP, 0)
            last = -((self.anchor - closes) // STEP)
            if first < min(last, _REACH):
                mask |= (1 << min(last, _REACH)) - (1 << first)
        return Opened(mask, last > _REACH)


@dataclass(frozen=True, slots=True)
class Opened:
    """Open time as bits, and whether there is more of it beyond what is learned about."""

    mask: int
    beyond: bool


def _first_run(bits: int, length: int) -> int | None:
    """Where the first run of so many set bits begins."""
    for step in _shifts(length):
        bits &= bits >> step
    return (bits ^ (bits - 1)).bit_length() - 1 if bits else None


@cache
def _shifts(length: int) -> tuple[int, ...]:
    """Shift and intersect by these, and only the beginnings of runs so long are left."""
    have, steps = 1, []
    while have < length:
        steps.append(min(have, length - have))
        have += steps[-1]
    return tuple(steps)
