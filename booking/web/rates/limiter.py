"""One process's part in the shared limits.

Most requests are counted in memory. Only who asks for more than the free part of a budget costs the
database a write, and then one for a whole batch of requests. With `n` processes it holds for each
holder and minute (a fixed window):

- no more than `limit + n * free` are let through;
- nobody is turned away before `limit - (n - 1) * (batch - 1)` were let through.

Where the database does not answer at once, a process goes by its own count alone for a while:
then up to `n * limit` are let through. A limiter that fails must not take the site down.
"""

import logging
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from booking.kernel.clock import Clock
from booking.web.rates.budgets import Budget
from booking.web.rates.windows import WINDOW, take, window_of

PATIENCE_SECONDS: Final = 0.3
_BLIND_FOR: Final = timedelta(seconds=5)
# More holders than any honest minute has; whoever was counted longest ago is counted anew.
_MOST_HOLDERS: Final = 50_000
_log = logging.getLogger("booking.web")


@dataclass(slots=True)
class _Count:
    """What one holder did in this minute, as far as this process knows."""

    passed: int = 0
    # Let through without having been taken from the shared budget.
    uncounted: int = 0
    left: int = 0
    exhausted: bool = False


class Limiter:
    """Answers how many seconds somebody must wait; 0 lets them through."""

    def __init__(
        self, engine: Engine, clock: Clock, *, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._patience = patience_seconds
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._window = datetime.min.replace(tzinfo=UTC)
        self._blind_until: datetime | None = None
        self._memory = threading.Lock()
        self._drawing = threading.Lock()
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="rates")

    def close(self) -> None:
        """Let go of the thread that asks the database."""
        self._hand.shutdown(wait=False, cancel_futures=True)

    def at_once(self, holder: str, budget: Budget) -> int | None:
        """The answer from memory; None when the database must be asked."""
        now = self._clock.now()
        with self._memory:
            count = self._count(holder, now)
            if count.exhausted:
                return self._wait(now)
            if count.left:
                count.left -= 1
            elif count.passed < budget.free:
                count.uncounted += 1
            elif self._is_blind(now):
                return self._by_own_count(count, budget, now)
            else:
                return None
            count.passed += 1
            return 0

    def ask(self, holder: str, budget: Budget) -> int:
        """The answer, if need be from the database; for threads, never for the event loop."""
        seconds = self.at_once(holder, budget)
        if seconds is not None:
            return seconds
        if not self._drawing.acquire(timeout=self._patience):
            return self._without_asking(holder, budget)
        try:
            seconds = self.at_once(holder, budget)
            return self._draw(holder, budget) if seconds is None else seconds
        finally:
            self._drawing.release()

    def _draw(self, holder: str, budget: Budget) -> int:
        """Take a batch, and with it what was let through without asking."""
        now = self._clock.now()
        window = window_of(now)
        with self._memory:
            owed = self._count(holder, now).uncounted
        asked = self._hand.submit(
            take, self._engine, holder, window, wanted=owed + budget.batch, limit=budget.limit
        )
        try:
            got = asked.result(self._patience)
        except (SQLAlchemyError, TimeoutError, OSError):
            _log.warning("rate limits go by this process alone: the database did not answer")
            with self._memory:
                self._blind_until = now + _BLIND_FOR
            return self._without_asking(holder, budget)
        with self._memory:
            if self._window == window:
                count = self._count(holder, now)
                count.uncounted -= owed
                count.left += max(0, got - owed)
                count.exhausted = not count.left
        # What was drawn belongs to the minute it was drawn in; another may have begun.
        seconds = self.at_once(holder, budget)
        return self._without_asking(holder, budget) if seconds is None else seconds

    def _without_asking(self, holder: str, budget: Budget) -> int:
        now = self._clock.now()
        with self._memory:
            return self._by_own_count(self._count(holder, now), budget, now)

    def _by_own_count(self, count: _Count, budget: Budget, now: datetime) -> int:
        if count.passed >= budget.limit:
            return self._wait(now)
        count.passed += 1
        count.uncounted += 1
        return 0

    def _is_blind(self, now: datetime) -> bool:
        return self._blind_until is not None and now < self._blind_until

    def _count(self, holder: str, now: datetime) -> _Count:
        """The holder's count of this minute; another minute begins with none."""
        if self._window < (window := window_of(now)):
            self._window = window
            self._counts.clear()
        count = self._counts.get(holder)
        if count is None:
            count = self._counts[holder] = _Count()
            if len(self._counts) > _MOST_HOLDERS:
                self._counts.popitem(last=False)
        return count

    def _wait(self, now: datetime) -> int:
        left = window_of(now) + WINDOW - now
        return max(1, -(-left // timedelta(seconds=1)))
