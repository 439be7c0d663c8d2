"""Answers that go on: server-sent events saying that something changed, never what.

Who hears of it fetches the page's part anew, as whoever they are. A stream says something every
`HEARTBEAT` seconds, asks then whether its reader may still listen, and ends when the server stops.
"""

import asyncio
import signal
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from types import FrameType
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from booking.db.listening import Signals, Subscription
from booking.web.rates.asking import TooManyRequests

HEARTBEAT: Final = 15.0
# How soon a stream notices that the server wants to stop.
_TICK: Final = 0.5
_COME_BACK_SECONDS: Final = 30
_HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}


def heed_signals(stop: threading.Event) -> None:
    """When the process is asked to end, streams end at once: the server waits for open answers."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def end(sig: int, frame: FrameType | None, before: Any = before) -> None:
            stop.set()
            if callable(before):
                before(sig, frame)

        if callable(before):
            signal.signal(number, end)


class Seats:
    """How many streams each listener has open in this process."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, holder: str, *, most: int) -> None:
        """One more, or TooManyRequests."""
        with self._lock:
            if self._taken[holder] >= most:
                raise TooManyRequests(retry_after=_COME_BACK_SECONDS)
            self._taken[holder] += 1

    def taken(self, holder: str) -> int:
        """How many this holder has."""
        return self._taken[holder]

    def leave(self, holder: str) -> None:
        with self._lock:
            self._taken[holder] -= 1
            self._taken += Counter()


class Streams:
    """What a process needs for its streams: who listens, who sits where, whether it stops."""

    def __init__(self, signals: Signals, stop: threading.Event) -> None:
        self.signals = signals
        self.seats = Seats()
        self.stop = stop
        self.heartbeat = HEARTBEAT


class EventStream(StreamingResponse):
    """An answer that says `changed` with the names of what changed, and gives back its seat."""

    def __init__(
        self,
        streams: Streams,
        subscription: Subscription,
        names: Mapping[int, frozenset[int]],
        *,
        holder: str,
        may_stay: Callable[[], bool],
    ) -> None:
        self._streams = streams
        self._subscription = subscription
        self._names = names
        self._holder = holder
        self._may_stay = may_stay
        super().__init__(self._told(), headers=_HEADERS, media_type="text/event-stream")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the reader leaves, must leave, or the server stops."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.signals.unsubscribe(self._subscription)
            self._streams.seats.leave(self._holder)

    async def _told(self) -> AsyncIterator[str]:
        yield "retry: 1000\n: open\n\n"
        asked = time.monotonic()
        while not self._streams.stop.is_set():
            topics = await self._subscription.changed(_TICK)
            if time.monotonic() - asked >= self._streams.heartbeat:
                if not await run_in_threadpool(self._may_stay):
                    return
                asked = time.monotonic()
                yield ": still here\n\n"
            if topics:
                names = frozenset().union(*(self._names[topic] for topic in topics))
                yield f"event: changed\ndata: {','.join(map(str, sorted(names)))}\n\n"


def open_stream(
    streams: Streams,
    names: Mapping[int, frozenset[int]],
    *,
    holder: str,
    most: int,
    may_stay: Callable[[], bool],
    loop: asyncio.AbstractEventLoop,
) -> EventStream:
    """A stream over the topics that `names` has, which are told by their names there."""
    streams.seats.take(holder, most=most)
    try:
        subscription = streams.signals.subscribe(frozenset(names), loop)
    except BaseException:
        streams.seats.leave(holder)
        raise
    return EventStream(streams, subscription, names, holder=holder, may_stay=may_stay)
