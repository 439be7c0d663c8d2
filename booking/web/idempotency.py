"""`Idempotency-Key`: a deed that is asked for twice is done once and answered the same.

The answer is written in the deed's own transaction: either both are there or neither. The key is
claimed first, so a second asker waits for the first and then gets its answer. Kept 24 hours.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlmodel import Field, col, delete, select

from booking.db.base import Row
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.db.types import UtcDateTime
from booking.kernel.errors import BookingError
from booking.web.clock import ClockDep
from booking.web.json import json_safe
from booking.web.transactions import Transaction

KEPT: Final = timedelta(hours=24)
Body = Mapping[str, object] | BaseModel
Deed = Callable[[], tuple[int, Body]]


class IdempotentAnswer(Row, table=True):
    """The first answer to a key of a caller."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (sa.UniqueConstraint("caller", "caller_key"),)

    caller: str = Field(max_length=40)
    caller_key: str = Field(max_length=200)
    fingerprint: str = Field(max_length=64)
    status: int | None = None
    body: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)


class IdempotencyMismatch(BookingError):
    """The same key came with another request."""

    code = "idempotency.mismatch"


@dataclass(frozen=True, slots=True)
class OnceOnly:
    """The key of this request, if it has one, and the transaction its answer belongs to."""

    uow: UnitOfWork
    request: Request
    now: datetime
    key: str | None
    fingerprint: str

    def answer(self, deed: Deed) -> Response:
        """Do the deed, or repeat the answer it had."""
        if self.key is None:
            return _respond(*deed())
        known = self._claim()
        if known is not None:
            return self._again(known)
        status, body = deed()
        self._keep(status, _written(body))
        return _respond(status, body)

    def _claim(self) -> IdempotentAnswer | None:
        """None when the key is ours now; waits for whoever claimed it a moment ago."""
        session = self.uow.session
        mine = {
            "caller": self._caller(),
            "caller_key": self.key,
            "fingerprint": self.fingerprint,
            "created_at": self.now,
        }
        session.exec(self._same().where(col(IdempotentAnswer.created_at) < self.now - KEPT))
        if insert_unless_exists(session, IdempotentAnswer, [mine]):
            return None
        query = select(IdempotentAnswer).where(*self._mine())
        return session.exec(query).one()

    def _again(self, known: IdempotentAnswer) -> Response:
        if known.fingerprint != self.fingerprint or known.status is None:
            raise IdempotencyMismatch(key=known.caller_key)
        headers = {"idempotent-replay": "true"}
        return Response(known.body, known.status, headers, media_type="application/json")

    def _keep(self, status: int, body: str) -> None:
        table = IdempotentAnswer.__table__  # type: ignore[attr-defined]
        kept = sa.update(table).where(*self._mine()).values(status=status, body=body)
        self.uow.session.execute(kept)

    def _same(self) -> sa.Delete:
        return delete(IdempotentAnswer).where(*self._mine())

    def _mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            col(IdempotentAnswer.caller) == self._caller(),
            col(IdempotentAnswer.caller_key) == self.key,
        )

    def _caller(self) -> str:
        actor = getattr(self.request.state, "actor", None)
        return f"person:{actor.id}" if actor is not None else "nobody"


async def once_only(  # noqa: PLR0917 - filled by name by FastAPI
    request: Request,
    uow: Transaction,
    clock: ClockDep,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> OnceOnly:
    """What a route needs to answer once."""
    print_of = await _fingerprint(request) if idempotency_key else ""
    return OnceOnly(uow, request, clock.now(), idempotency_key, print_of)


Once = Annotated[OnceOnly, Depends(once_only)]


def forget_old_answers(uow: UnitOfWork, now: datetime) -> int:
    """A job: drop answers older than their time."""
    old = delete(IdempotentAnswer).where(col(IdempotentAnswer.created_at) < now - KEPT)
    return int(uow.session.exec(old).rowcount)


async def _fingerprint(request: Request) -> str:
    body = await request.body()
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(asked + body).hexdigest()


def _respond(status: int, body: Body) -> Response:
    return JSONResponse(json_safe(body), status)


def _written(body: Body) -> str:
    return json.dumps(json_safe(body), ensure_ascii=False, separators=(",", ":"))
