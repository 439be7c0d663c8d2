"""Free time: open windows minus what is held, unit by unit, at a booking's distance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan, local_midnight, merged

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class FreePiece:
    """Time during which the same units are free."""

    span: TimeSpan
    units_free: int


@dataclass(frozen=True, slots=True)
class Distance:
    """What a booking holds before and after itself."""

    before: timedelta = _NOTHING
    after: timedelta = _NOTHING

    def kept_from(self, held: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
        """The time that a new booking must stay clear of, its own buffers included."""
        return merged(span.widened(self.after, self.before) for span in held)


def free_of_unit(
    windows: Iterable[TimeSpan], held: Iterable[TimeSpan], distance: Distance
) -> tuple[TimeSpan, ...]:
    """Where a booking of one unit may lie."""
    away = distance.kept_from(held)
    return tuple(piece for window in windows for piece in window.minus(away))


def free_pieces(
    windows: Sequence[TimeSpan],
    held_by_unit: Mapping[int, Sequence[TimeSpan]],
    distance: Distance,
) -> tuple[FreePiece, ...]:
    """The open time with at least one free unit, cut where the set of free units changes."""
    free = {unit: free_of_unit(windows, held, distance) for unit, held in held_by_unit.items()}
    pieces: list[FreePiece] = []
    for span, units in _swept(free):
        if units:
            pieces.append(FreePiece(span, len(units)))
    return tuple(pieces)


def _swept(
    free: Mapping[int, Sequence[TimeSpan]],
) -> Iterable[tuple[TimeSpan, frozenset[int]]]:
    """Walk along the edges of all units' free time; each stretch with the units free in it."""
    edges: dict[datetime, set[int]] = {}
    for unit, spans in free.items():
        for span in spans:
            edges.setdefault(span.start, set()).add(unit)
            edges.setdefault(span.end, set()).add(unit)
    current: frozenset[int] = frozenset()
    since: datetime | None = None
    for moment in sorted(edges):
        if since is not None:
            yield TimeSpan(since, moment), current
        # An edge is either where a unit becomes free or where it ceases to be; both at once cannot
        # be, because touching free spans of a unit come from separate windows only.
        current = current ^ edges[moment]
        since = moment


def on_or_after(moment: datetime, grid: timedelta) -> datetime:
    """The next line of a grid counted from local midnight; where a day ends, counting restarts."""
    if grid <= _NOTHING:
        return moment
    day = local(moment).date()
    past = (moment - local_midnight(day)) % grid
    if not past:
        return moment
    return min(moment - past + grid, local_midnight(day + timedelta(days=1)))
