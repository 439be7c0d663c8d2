"""What every benchmark needs: a fresh database of each kind, a stopwatch, a crowd, a table.

PostgreSQL runs as in the tests, without waiting for the disk; read ratios, not absolute numbers.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import Engine

from booking.db.engine import make_engine
from booking.migrations import migrate
from tests.support.databases import create_database, database_url
from tests.support.postgres import postgres_server

KINDS = ("sqlite", "postgresql")
_PATIENT_MS = 900_000


@dataclass(frozen=True)
class Fresh:
    """A migrated, empty database."""

    kind: str
    url: str
    directory: Path

    def engine(self, *, patient: bool = False) -> Engine:
        """An engine as the server has it, or one that waits for long loads."""
        if patient:
            return make_engine(self.url, statement_timeout_ms=_PATIENT_MS)
        return make_engine(self.url)


@contextmanager
def fresh_database(kind: str) -> Iterator[Fresh]:
    """A database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        directory = Path(place)
        if kind == "sqlite":
            yield _migrated(Fresh(kind, f"sqlite:///{directory / 'bench.sqlite3'}", directory))
            return
        with postgres_server() as server:
            if server is None:
                raise SystemExit("no PostgreSQL to measure")
            create_database(server, "bench")
            yield _migrated(Fresh(kind, database_url(server, "bench"), directory))


def _migrated(made: Fresh) -> Fresh:
    engine = made.engine(patient=True)
    migrate(engine)
    engine.dispose()
    return made


def timed(work: Callable[[], object], *, times: int) -> list[float]:
    """How long each of some runs took, in milliseconds, shortest first."""
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        work()
        taken.append((time.perf_counter() - before) * 1000)
    return sorted(taken)


def worked(work: Callable[[], object], *, times: int) -> list[float]:
    """The same in time that this process worked, which a busy machine hardly changes; what
    PostgreSQL does for it is not counted."""
    taken = []
    for _ in range(times):
        before = time.process_time()
        work()
        taken.append((time.process_time() - before) * 1000)
    return sorted(taken)


def share(taken: Sequence[float], part: float) -> float:
    """What this part of the runs did not exceed."""
    return taken[min(int(part * len(taken)), len(taken) - 1)]


def in_batches(many: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """A few at a time."""
    return (many[start : start + size] for start in range(0, len(many), size))


def each_kind(only: str | None) -> Iterator[Engine]:
    """A fresh, patient database of each kind, or of the one asked for; its name is printed."""
    for kind in (only,) if only else KINDS:
        print(f"\n{kind}")
        with fresh_database(kind) as fresh:
            engine = fresh.engine(patient=True)
            yield engine
            engine.dispose()


@dataclass(frozen=True)
class Pace:
    """How often something was done, and how long the askers waited, in milliseconds."""

    per_second: float
    waits: tuple[float, ...]

    def wait(self, part: float) -> float:
        """The wait that this part of the askers did not exceed."""
        return share(self.waits, part)

    @property
    def text(self) -> str:
        middle, late, worst = self.wait(0.5), self.wait(0.99), self.waits[-1]
        return (
            f"{self.per_second:8.1f}/s   p50 {middle:6.1f}  p99 {late:6.1f}  worst {worst:6.1f} ms"
        )


def pace_of(deed: Callable[[int], object], *, seconds: float, clients: int = 1) -> Pace:
    """Do it over and over, `clients` at a time; each is told its own running number."""
    waits: list[list[float]] = [[] for _ in range(clients)]
    started = time.perf_counter()

    def ask(client: int) -> None:
        n = 0
        while (before := time.perf_counter()) - started < seconds:
            deed(n * clients + client)
            waits[client].append((time.perf_counter() - before) * 1000)
            n += 1

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    every = tuple(sorted(wait for mine in waits for wait in mine))
    return Pace(len(every) / elapsed, every)
