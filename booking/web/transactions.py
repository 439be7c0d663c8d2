"""One deed, one transaction, opened at the door and ended before the answer leaves.

Function-scoped, so that a failed commit still becomes an honest answer. A body that streams must
open a session of its own.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from booking.db.transactions import UnitOfWork, read_session, unit_of_work


def open_transaction(request: Request) -> Iterator[UnitOfWork]:
    """A unit of work that commits when the route returns."""
    state = request.app.state
    with unit_of_work(state.engine, state.reactions) as uow:
        yield uow


def open_reading(request: Request) -> Iterator[Session]:
    """A session for questions, on the replica where there is one."""
    state = request.app.state
    with read_session(getattr(state, "read_engine", None) or state.engine) as session:
        yield session


Transaction = Annotated[UnitOfWork, Depends(open_transaction, scope="function")]
Reading = Annotated[Session, Depends(open_reading, scope="function")]
