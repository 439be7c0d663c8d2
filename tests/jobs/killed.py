"""A process that runs one job and kills itself, as hard as can be, at a given statement.

    python -m tests.jobs.killed URL JOB MOMENT STATEMENT

Statements are counted from the start of the job's own transaction; 0 never kills.
"""

import os
import signal
import sys

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from booking.db.engine import make_engine
from booking.jobs.runner import Runner
from booking.jobs.schedule import job_named
from booking.wiring import REACTIONS
from tests.support.clock import FrozenClock


def main(url: str, job: str, moment: str, last: str) -> None:
    engine = make_engine(url)
    seen = {"statements": 0}

    @sa.event.listens_for(engine, "before_execute")
    def count(connection: Connection, *_: object) -> None:
        seen["statements"] += 1
        if seen["statements"] == int(last):
            os.kill(os.getpid(), signal.SIGKILL)

    result = Runner(engine, REACTIONS, FrozenClock(moment)).run_due(job_named(job))
    print(result.outcome.value, seen["statements"])  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(*sys.argv[1:])
