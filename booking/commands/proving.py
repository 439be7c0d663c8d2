"""Honesty: prove the invariants over the configured database."""

from typing import Annotated

import typer

from booking.audit.queries.chain import last_link, link_at
from booking.checking.report import PROOFS, broken
from booking.commands.setting import database, stop
from booking.db.transactions import read_session

Noted = Annotated[
    str, typer.Option(help="POSITION:HASH of the audit chain, as noted before 此前记下的审计链位置")
]


def check(noted: Noted = "") -> None:
    """Prove the invariants; print every row that breaks one, and end with 1. 核对不变量。"""
    with database() as engine, read_session(engine) as session:
        found = 0
        for finding in broken(session):
            typer.echo(str(finding))
            found += 1
        position, _, known = noted.partition(":")
        if noted and link_at(session, position) != known:
            typer.echo(f" 9 the audit chain is not the one that was noted: position={position}")
            found += 1
        end = last_link(session)
    if found:
        stop(f"{found} rows break an invariant")
    typer.echo(f"{len(PROOFS)} proofs hold; the audit chain ends at {end.position}:{end.hash}")
