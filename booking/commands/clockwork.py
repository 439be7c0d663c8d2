"""`booking jobs`: what the clock does, when it did it last, and doing it now."""

import typer

from booking.commands.setting import CLOCK, database, refusals_told, stop
from booking.db.transactions import read_session
from booking.jobs import runs
from booking.jobs.runner import Outcome, Runner
from booking.jobs.schedule import JOBS, job_named
from booking.kernel.clock import local
from booking.settings import Settings
from booking.wiring import REACTIONS

app = typer.Typer(help="Timed work. 定时任务。", no_args_is_help=True)


@app.command("list")
def list_jobs() -> None:
    """Show every job with its last run. 列出定时任务及最近一次运行。"""
    with database() as engine, read_session(engine) as session:
        last = runs.latest(session)
    for job in JOBS:
        run = last.get(job.id)
        when = f"{local(run.started_at):%Y-%m-%d %H:%M}" if run else "-"
        outcome = "-" if run is None else run.error or f"{run.rows or 0} rows"
        typer.echo(f"{job.id:<24} {when:<17} {outcome}")


@app.command()
def run(name: str) -> None:
    """Run a job now; the outcome is the same as if the clock had. 立即运行一个任务。"""
    settings = Settings()
    with database(settings) as engine, refusals_told():
        runner = Runner(engine, REACTIONS, CLOCK, settings=settings)
        result = runner.run_by_hand(job_named(name), actor_id=None)
    if result.outcome is not Outcome.DONE:
        stop(f"{name}: {result.outcome}")
    typer.echo(f"{name}: {result.rows} rows")
