"""The job composition root: an engine and the clock, in a process of their own."""

import logging
import signal
import threading

from booking.db.engine import make_engine
from booking.jobs.runner import Runner
from booking.jobs.scheduler import start_clock
from booking.kernel.clock import SystemClock
from booking.settings import Settings
from booking.wiring import REACTIONS

_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def run_worker(settings: Settings, *, stop: threading.Event | None = None) -> None:
    """Run jobs until told to stop (SIGTERM, SIGINT, or the event)."""
    logging.basicConfig(level=settings.log_level, format=_LINE)
    # The scheduler says of every pulse that it went well.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    over = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
    engine = make_engine(settings.database_url, files=settings.files)
    clock = start_clock(Runner(engine, REACTIONS, SystemClock(), settings=settings))
    try:
        over.wait()
    finally:
        clock.stop()
        engine.dispose()
