"""The demo's past, from its script to today: who acts, and the days in their order."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine
from sqlmodel import Session

from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import Reactions, unit_of_work
from booking.kernel.clock import local
from booking.kernel.timespan import local_midnight
from booking.seeding.casting import cards, customers
from booking.seeding.files import SeedFiles
from booking.seeding.invoicing import Counting
from booking.seeding.planning import plan
from booking.seeding.playing import Cast, Stage
from booking.seeding.recording import Days
from booking.seeding.registering import Register
from booking.seeding.script import Settings
from booking.seeding.settling import Treasury

_DAY = timedelta(days=1)
# Requests of the first visits are older than they are.
BEFORE = timedelta(days=60)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Theatre:
    """Where the history is played: a database with the seed in it, and how much is wished."""

    engine: Engine
    reactions: Reactions
    files: SeedFiles
    register: Register
    settings: Settings


def opening_day(settings: Settings, now: datetime) -> datetime:
    """When the demo's centre opened its doors: everything is registered at that moment."""
    today = local(now).date()
    return local_midnight(today - settings.days * _DAY - BEFORE)


def play_history(theatre: Theatre, *, now: datetime, progress: Progress) -> Counter[str]:
    """Play every day up to now, each in one unit of work; what became of it all, counted."""
    stage = _stage(theatre, now=now)
    days = list(_days(opening_day(theatre.settings, now), now))
    trail = Days(theatre.engine, theatre.reactions)
    with _without_pauses():
        for nth, until in enumerate(days, 1):
            with trail.day() as uow:
                for step in stage.agenda.until(until):
                    step.deed(uow, step.at)
                stage.sweep(uow, until)
            progress(nth, len(days))
    return stage.tally


def _stage(theatre: Theatre, *, now: datetime) -> Stage:
    """Everybody's intentions, on one agenda."""
    files, settings = theatre.files, theatre.settings
    script = plan(cards(files, settings), customers(files, settings), settings, now=now)
    with unit_of_work(theatre.engine, theatre.reactions) as uow:
        stage = Stage(_cast(uow.session, files, theatre.register))
    stage.wishes(script.visits, colliding=False)
    stage.wishes(script.collisions, colliding=True)
    stage.mishaps(script.mishaps)
    people = theatre.register.people
    treasury = Treasury(
        stage,
        finance=people["finance@example.com"],
        centre=people["admin@example.com"],
        reviewed=settings.reviewed,
    )
    treasury.plan(opening_day(settings, now), now)
    counter = Counting(stage, finance=stage.cast.people["finance@example.com"])
    counter.plan(opening_day(settings, now), now)
    return stage


def _cast(session: Session, files: SeedFiles, register: Register) -> Cast:
    people = {email: actor_by_id(session, key) for email, key in register.people.items()}
    staff: dict[str, dict[str, str]] = {"lab_manager": {}, "operator": {}}
    for row in files.people:
        if row["role"] in staff:
            staff[row["role"]].setdefault(row["lab"], row["email"])
    return Cast(
        people=people,
        managers={lab: people[email] for lab, email in staff["lab_manager"].items()},
        operators={lab: people[email] for lab, email in staff["operator"].items()},
        instruments=register.instruments,
        labs={row["code"]: row["lab"] for row in files.instruments},
    )


def _days(first: datetime, now: datetime) -> Iterator[datetime]:
    """The ends of all local days up to this moment, which ends the last one."""
    end = first + _DAY
    while end < now:
        yield end
        end += _DAY
    yield now


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Collecting garbage costs a tenth of the time, and a day leaves little of it."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
