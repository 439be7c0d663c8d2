"""Filling the demo: seed, history with a progress bar, and who may sign in.

The history takes a minute or three. The doors open when it is over, or after a while all the same:
then it goes on behind them, and every page says how far it has come.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit
from urllib.request import url2pathname

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.engine import Engine

from booking.accounts.providers.local import passwords
from booking.commands.setting import CLOCK
from booking.db.transactions import unit_of_work
from booking.jobs.runner import Runner
from booking.jobs.scheduler import RunningClock, start_clock
from booking.seeding.applying import apply_for_it
from booking.seeding.borrowing import borrow
from booking.seeding.casting import settings_of
from booking.seeding.dealing import agree_on_credit, deal
from booking.seeding.entrusting import entrust
from booking.seeding.files import SeedFiles
from booking.seeding.funding import activate_for_demo
from booking.seeding.history import Theatre, opening_day, play_history
from booking.seeding.loading import load
from booking.seeding.registering import DEMO_PASSWORD
from booking.seeding.reporting import report_quarter
from booking.seeding.schooling import begin_training
from booking.seeding.searching import save_searches
from booking.seeding.sharing import share
from booking.seeding.vouching import vouch
from booking.settings import Settings
from booking.utilisation.jobs import roll_up
from booking.web.i18n import gettext
from booking.wiring import REACTIONS

# How long a visitor is kept waiting for all of the history.
PATIENCE_SECONDS = 50.0
# Between two days of it the pages get their turn.
_BREATH_SECONDS = 0.02


class Interrupted(Exception):
    """Whoever started the demo has seen enough."""


class Playback:
    """The demo's history up to a moment, and the clock that goes on from there."""

    def __init__(self, theatre: Theatre, *, now: datetime, settings: Settings) -> None:
        self._theatre = theatre
        self._settings = settings
        self._now = now
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._stopped = threading.Event()
        self._percent = 0
        self._doors_open = False
        self._playing: Future[RunningClock] | None = None

    def start(self, *, patience: float = PATIENCE_SECONDS) -> None:
        """Play until it is over, or until the patience is; a failure is raised here or told."""
        self._playing = self._pool.submit(self._play)
        wait([self._playing], timeout=patience)
        self._doors_open = True
        if self._playing.done():
            self._playing.result()

    def notice(self) -> str:
        """What pages say meanwhile."""
        if self._playing is None or self._playing.done():
            return ""
        told = gettext(
            "The demo's history is being played, %(percent)s %% so far: more will appear."
        )
        return told % {"percent": self._percent}

    def stop(self) -> None:
        """End the history after its present day, or the clock."""
        self._stopped.set()
        self._pool.shutdown(wait=True)
        if self._playing is not None and self._playing.exception() is None:
            self._playing.result().stop()

    def _play(self) -> RunningClock:
        theatre = self._theatre
        with _progress("重演历史 playing the history") as told:
            play_history(theatre, now=self._now, progress=partial(self._went_on, told))
        with unit_of_work(theatre.engine, theatre.reactions) as uow:
            roll_up(uow, self._now)
            begin_training(uow, theatre.files, theatre.register, now=self._now)
            share(uow, theatre.files, theatre.register, now=self._now)
            save_searches(uow, theatre.files, theatre.register, now=self._now)
            entrust(uow, theatre.files, theatre.register, now=self._now)
            apply_for_it(uow, theatre.files, theatre.register, now=self._now)
            deal(uow, theatre.files, theatre.register, now=self._now)
            vouch(uow, theatre.files, theatre.register, now=self._now)
            borrow(uow, theatre.files, theatre.register, now=self._now)
            report_quarter(uow, theatre.register, now=self._now)
        runner = Runner(theatre.engine, theatre.reactions, CLOCK, settings=self._settings)
        return start_clock(runner)

    def _went_on(self, told: Callable[[int, int], None], done: int, all_: int) -> None:
        told(done, all_)
        self._percent = done * 100 // all_
        if self._stopped.wait(_BREATH_SECONDS if self._doors_open else 0):
            raise Interrupted


def seeded(
    engine: Engine, settings: Settings, *, now: datetime, bookings: int | None = None
) -> Theatre:
    """An empty database with the seed in it, as it was when the centre opened."""
    files = SeedFiles(settings.seed)
    wished = settings_of(files.history)
    if bookings is not None:
        wished = replace(wished, bookings=bookings)
    opened_at = opening_day(wished, now)
    with unit_of_work(engine, REACTIONS) as uow:
        hashing = passwords(settings.password_cost)
        register = load(uow, files, now=opened_at, demo_people=hashing)
        persons = register.people["finance2@example.com"], register.people["finance@example.com"]
        activate_for_demo(uow, files, persons=persons, now=opened_at)
        agree_on_credit(uow, files, register, now=opened_at, today=now)
    return Theatre(engine, REACTIONS, files, register, wished)


def people_to_show(settings: Settings) -> str:
    """Who can sign in, for the terminal."""
    demo: dict[str, str] = {}
    for row in SeedFiles(settings.seed).people:
        if row["demo"] == "yes":
            demo.setdefault(row["email"], row["name"])
    lines = [f"  {email:<24} {name}" for email, name in demo.items()]
    return "\n".join(
        (
            "",
            f"演示人员，密码均为 demo people, password for all: {DEMO_PASSWORD}",
            *lines,
            "",
            *_where_letters_go(settings),
            f"打开 open: {settings.public_url}",
            "",
        )
    )


def _where_letters_go(settings: Settings) -> Iterator[str]:
    if settings.mail_url is not None:
        folder = url2pathname(urlsplit(settings.mail_url.get_secret_value()).path)
        yield f"信件在 letters go to: {folder}"


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; a line now and then for a log."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield partial(_told, console, title)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, all_: bar.update(task, completed=done, total=all_)


def _told(console: Console, title: str, done: int, all_: int) -> None:
    if done == all_ or done % max(all_ // 10, 1) == 0:
        console.print(f"{title} {done * 100 // all_} %")
