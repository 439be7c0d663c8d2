"""Listening to what was committed, in whichever process.

A process has one `Signals`, with one thread and one connection while anybody listens, however many
do. PostgreSQL notifies; on SQLite the thread looks at `PRAGMA data_version`, which costs
microseconds, and only when that moved at what was written. After the database was away, anything
may have changed: that is told as None.
"""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Final

import psycopg
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from booking.db.signals import CHANNEL, Topics, read
from booking.db.transactions import read_session

# Where to go on, and which topics changed since; without a place, only where to begin.
Look = Callable[[Session, int | None], tuple[int, Collection[int]]]

LOOK_SECONDS: Final = 0.3
_AGAIN_SECONDS: Final = 1.0
_READY_SECONDS: Final = 3.0
_log = logging.getLogger("booking.db")


class Subscription:
    """One listener's topics, and what has changed since it last asked; lives on an event loop."""

    def __init__(self, topics: Topics, loop: asyncio.AbstractEventLoop) -> None:
        self.topics = topics
        self._loop = loop
        self._changed: set[int] = set()
        self._woken = asyncio.Event()

    def tell(self, changed: Topics | None) -> None:
        """From any thread; None means that anything may have changed."""
        mine = self.topics if changed is None else self.topics & changed
        if mine:
            # A loop that has ended meanwhile has nobody left to tell.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._take, mine)

    async def changed(self, patience: float) -> Topics:
        """What changed, as soon as anything did; empty when nothing did for so many seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._woken.wait()
        except TimeoutError:
            return frozenset()
        self._woken.clear()
        told, self._changed = frozenset(self._changed), set()
        return told

    def _take(self, topics: Topics) -> None:
        self._changed |= topics
        self._woken.set()


class Signals:
    """The one who listens in this process."""

    def __init__(self, engine: Engine, look: Look) -> None:
        self._engine = engine
        self._look = look
        self._subscribed: set[Subscription] = set()
        self._lock = threading.Lock()
        self._listening = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._away = False

    def subscribe(self, topics: Topics, loop: asyncio.AbstractEventLoop) -> Subscription:
        """From now on; waits until this process listens, so not on the event loop itself."""
        made = Subscription(topics, loop)
        with self._lock:
            self._subscribed.add(made)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="signals", daemon=True)
                self._thread.start()
        self._listening.wait(_READY_SECONDS)
        return made

    def unsubscribe(self, subscription: Subscription) -> None:
        with self._lock:
            self._subscribed.discard(subscription)

    def close(self) -> None:
        """Let go of thread and connection."""
        self._closing.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(_READY_SECONDS)

    def _run(self) -> None:
        postgresql = self._engine.dialect.name == "postgresql"
        listen = self._listen if postgresql else self._watch
        while not self._closing.is_set():
            try:
                listen()
            except (psycopg.Error, sqlite3.Error, SQLAlchemyError, OSError):
                _log.warning("signals are not heard for a while: the database is away")
                self._listening.clear()
                self._away = True
                self._closing.wait(_AGAIN_SECONDS)

    def _begin(self) -> None:
        """What came before is for the page itself to show; who was there already missed some."""
        self._listening.set()
        if self._away:
            self._away = False
            self._tell(None)

    def _listen(self) -> None:
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {CHANNEL}".encode())
            self._begin()
            while not self._closing.is_set():
                for notice in connection.notifies(timeout=LOOK_SECONDS):
                    self._tell(read(notice.payload))

    def _watch(self) -> None:
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            version, place = _version(cursor), self._since(None)[0]
            self._begin()
            while not self._closing.wait(LOOK_SECONDS):
                if (newest := _version(cursor)) != version:
                    version = newest
                    place, topics = self._since(place)
                    self._tell(frozenset(topics))
        finally:
            connection.close()

    def _since(self, place: int | None) -> tuple[int, Collection[int]]:
        with read_session(self._engine) as session:
            return self._look(session, place)

    def _tell(self, topics: Topics | None) -> None:
        with self._lock:
            listening = tuple(self._subscribed)
        for one in listening:
            one.tell(topics)


def _version(cursor: object) -> int:
    cursor.execute("PRAGMA data_version")  # type: ignore[attr-defined]  # the driver's own
    version: int = cursor.fetchone()[0]  # type: ignore[attr-defined]
    return version
