"""Reports of a large zone as they stood at the last roll-up, reckoned once for all who ask.

Ten thousand instruments are read and pooled in seconds, which nobody should wait for again. Smaller
zones are reckoned anew for everybody, up to the minute.
"""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool
from sqlmodel import Session

from booking.kernel.periods import Period
from booking.utilisation.queries.generation import instruments_known, rolled_up_at

T = TypeVar("T")

# From so many instruments on, a report is as old as the last roll-up.
MANY: Final = 2_000
# Reports that are kept: a few divisions of a few years, month by month.
_MOST: Final = 200

_Memory = dict[Hashable, Any]
# Of each database this process talks to: as of when, and the reports.
_remembered: WeakKeyDictionary[Pool, tuple[Hashable, _Memory]] = WeakKeyDictionary()


def is_large(session: Session, *, many: int = MANY) -> bool:
    """Whether the zone has so many instruments that its reports are kept."""
    return instruments_known(session) >= many


def standing(session: Session, asked: Hashable, reckon: Callable[[], T], *, now: datetime) -> T:
    """What was reckoned since the last roll-up, or is now."""
    bind = session.get_bind()
    if not isinstance(bind, Engine):
        return reckon()
    memory = _memory_of(bind.pool, _generation(session, now))
    if asked not in memory:
        if len(memory) >= _MOST:
            memory.clear()
        memory[asked] = reckon()
    found: T = memory[asked]
    return found


def _generation(session: Session, now: datetime) -> Hashable:
    return rolled_up_at(session), instruments_known(session), Period.month_at(now).code


def _memory_of(pool: Pool, generation: Hashable) -> _Memory:
    known = _remembered.get(pool)
    if known is None or known[0] != generation:
        known = _remembered[pool] = (generation, {})
    return known[1]
