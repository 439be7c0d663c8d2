"""Honesty: prove the invariants over the configured database."""

import typer

from booking.checking.report import PROOFS, broken
from booking.commands.setting import database, stop
from booking.db.transactions import read_session


def check() -> None:
    """Prove the invariants; print every row that breaks one, and end with 1. 核对不变量。"""
    with database() as engine, read_session(engine) as session:
        found = 0
        for finding in broken(session):
            typer.echo(str(finding))
            found += 1
    if found:
        stop(f"{found} rows break an invariant")
    typer.echo(f"{len(PROOFS)} proofs hold")
