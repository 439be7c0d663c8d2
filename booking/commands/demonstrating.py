"""Filling the demo: seed, history with a progress bar, and who may sign in."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.engine import Engine

from booking.accounts.providers.local import passwords
from booking.db.transactions import unit_of_work
from booking.seeding.casting import settings_of
from booking.seeding.files import SeedFiles
from booking.seeding.funding import activate_for_demo
from booking.seeding.history import Theatre, opening_day, play_history
from booking.seeding.loading import load
from booking.seeding.registering import DEMO_PASSWORD
from booking.settings import Settings
from booking.utilisation.jobs import roll_up
from booking.wiring import REACTIONS


def fill(
    engine: Engine, settings: Settings, *, now: datetime, bookings: int | None = None
) -> Counter[str]:
    """Seed an empty database and play its history up to now."""
    files = SeedFiles(settings.seed)
    wished = settings_of(files.history)
    if bookings is not None:
        wished = replace(wished, bookings=bookings)
    opened_at = opening_day(wished, now)
    with unit_of_work(engine, REACTIONS) as uow:
        hashing = passwords(settings.password_cost)
        register = load(uow, files, now=opened_at, demo_people=hashing)
        finance = register.people["finance@example.com"]
        activate_for_demo(uow, files, actor_id=finance, now=opened_at)
    theatre = Theatre(engine, REACTIONS, files, register, wished)
    with _progress("重演历史 playing the history") as progress:
        tally = play_history(theatre, now=now, progress=progress)
    with unit_of_work(engine, REACTIONS) as uow:
        roll_up(uow, now)
    return tally


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
            f"打开 open: {settings.public_url}",
            "",
        )
    )


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
