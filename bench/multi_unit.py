"""Rounds of bookings of several units at once, in other orders, until somebody waits in a circle.

    python -m bench multi_unit [--rounds 10000] [--rivals 4] [--only sqlite|postgresql]

A circle, a wait that does not end, or two holders of one unit end the run with an error.
"""

import argparse
import time

from bench.harness import KINDS, fresh_database
from booking.db.engine import make_engine
from booking.db.transactions import unit_of_work
from tests.races.square import LOCK_TIMEOUT_MS, Square
from tests.support.invariants import assert_sound

BATCH = 500


def measure(kind: str, *, rounds: int, rivals: int) -> None:
    """Print what the rivals were told, and how long that took."""
    with fresh_database(kind) as fresh:
        engine = make_engine(
            fresh.url, lock_timeout_ms=LOCK_TIMEOUT_MS, statement_timeout_ms=LOCK_TIMEOUT_MS
        )
        square = Square.make(engine, rivals=rivals, seed=1)
        begun = time.perf_counter()
        for first in range(0, rounds, BATCH):
            said = square.meet(min(BATCH, rounds - first), first=first)
            elapsed = time.perf_counter() - begun
            print(
                f"{kind}: {first + BATCH:,} rounds of {rivals} rivals, {elapsed:.0f} s,"
                f" deadlocks {square.deadlocks()}, the last {dict(said.most_common())}",
                flush=True,
            )
            with unit_of_work(engine, {}) as uow:
                assert_sound(uow.session)
        assert square.deadlocks() == 0
        engine.dispose()


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--rivals", type=int, default=4)
    parser.add_argument("--only", choices=KINDS)
    asked = parser.parse_args()
    for kind in [asked.only] if asked.only else KINDS:
        measure(kind, rounds=asked.rounds, rivals=asked.rivals)


if __name__ == "__main__":
    main()
