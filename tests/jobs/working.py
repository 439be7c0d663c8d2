"""A worker that comes back: says that it is there, waits for a word, catches up and tells.

python -m tests.jobs.working URL FILES MOMENT FOLDER
"""

import json
import sys
from pathlib import Path

from pydantic import SecretStr

from booking.db.engine import make_engine
from booking.jobs.runner import Result, Runner
from booking.kernel.clock import Clock
from booking.settings import Settings
from booking.wiring import REACTIONS
from tests.support.clock import FrozenClock
from tests.support.serving import test_settings


def worker_settings(url: str, folder: Path) -> Settings:
    """Letters go into the folder, analytics beside it; programs on this machine may be told."""
    changes = {
        "mail_url": SecretStr(folder.as_uri()),
        "webhook_networks": "127.0.0.0/8",
        "webhook_http": True,
        "analytics_folder": folder.parent / "analytics",
    }
    return test_settings(url).model_copy(update=changes)


def worker(url: str, files: Path, folder: Path, clock: Clock) -> Runner:
    """What runs the jobs, on connections of its own."""
    settings = worker_settings(url, folder)
    return Runner(make_engine(url, files=files), REACTIONS, clock, settings=settings)


def told(results: dict[str, Result]) -> dict[str, tuple[str, int]]:
    """What became of each job, and of how many rows, by its name."""
    return {job: (result.outcome.value, result.rows) for job, result in results.items()}


def main(url: str, files: str, moment: str, folder: str) -> None:
    runner = worker(url, Path(files), Path(folder), FrozenClock(moment))
    print("here", flush=True)  # noqa: T201 - read by the test
    sys.stdin.readline()
    print(json.dumps(told(runner.catch_up())))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(*sys.argv[1:])
