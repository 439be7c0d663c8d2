"""What every command needs: settings, an engine, the clock, and an honest end when refused."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.engine import Engine

from booking.db.engine import make_engine
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.kernel.clock import SystemClock
from booking.kernel.errors import BookingError
from booking.settings import Settings
from booking.web.problems import problem_of
from booking.wiring import REACTIONS

CLOCK = SystemClock()


@contextmanager
def database(settings: Settings | None = None) -> Iterator[Engine]:
    """The configured database, let go afterwards."""
    told = settings or Settings()
    engine = make_engine(told.database_url, files=told.files)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def deed(engine: Engine) -> Iterator[UnitOfWork]:
    """One transaction; a refusal becomes a line and exit code 1."""
    with refusals_told(), unit_of_work(engine, REACTIONS) as uow:
        yield uow


@contextmanager
def refusals_told() -> Iterator[None]:
    """Say why a deed was refused, as the API would, and end."""
    try:
        yield
    except BookingError as refused:
        stop(json.dumps(problem_of(refused).as_json(), ensure_ascii=False, indent=2))


def stop(*lines: str) -> None:
    """End with a reason."""
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)
