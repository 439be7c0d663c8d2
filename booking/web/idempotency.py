"""`Idempotency-Key`: a deed that is asked for twice is done once and answered the same.

The answer is written in the deed's own transaction: either both are there or neither. The key is
claimed first, so a second asker waits for the first and then gets its answer. Kept 24 hours.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
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
from booking.web.versions import IfMatch, must_match, tag_header

KEPT: Final = timedelta(hours=24)
# See the page of what was made.
_MADE: Final = 303
Body = Mapping[str, object] | BaseModel
Deed = Callable[[], tuple[int, Body]]
# Which version an answer shows, read from the answer: a repeated one has nothing else.
TagOf = Callable[[Mapping[str, Any]], object]


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
    if_match: str | None = None

    def answer(
        self, deed: Deed, *, tag: TagOf | None = None, stands: Callable[[], object] | None = None
    ) -> Response:
        """Do the deed, or repeat the answer it had; with `tag`, say in `ETag` what it shows.

        With `stands`, which locks the record and answers its tag, the deed is done only on what
        `If-Match` says was read.
        """
        known = None if self.key is None else self._claim()
        if known is not None:
            status, body, headers = *self._again(known), {"idempotent-replay": "true"}
        else:
            if self.if_match is not None and stands is not None:
                must_match(self.if_match, stands())
            status, said = deed()
            body, headers = _written(said), {}
            if self.key is not None:
                self._keep(status, body)
        if tag is not None:
            headers |= tag_header(tag(json.loads(body)))
        return Response(body, status, headers, media_type="application/json")

    def reaching(self, deed: Callable[[], str]) -> str:
        """Do the deed of a form, or say again what it made: the number that its page is of."""
        known = None if self.key is None else self._claim()
        if known is not None:
            return str(json.loads(self._again(known)[1]))
        made = deed()
        if self.key is not None:
            self._keep(_MADE, json.dumps(made))
        return made

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

    def _again(self, known: IdempotentAnswer) -> tuple[int, str]:
        if known.fingerprint != self.fingerprint or known.status is None or known.body is None:
            raise IdempotencyMismatch(key=known.caller_key)
        return known.status, known.body

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
    if_match: IfMatch,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> OnceOnly:
    """What a route needs to answer once."""
    print_of = await _fingerprint(request) if idempotency_key else ""
    return OnceOnly(uow, request, clock.now(), idempotency_key, print_of, if_match)


Once = Annotated[OnceOnly, Depends(once_only)]


async def once_by_form(request: Request, uow: Transaction, clock: ClockDep) -> OnceOnly:
    """The same for a form that people send: its key is `once` with all that was typed.

    Whoever changes something and sends the same page again means another deed.
    """
    form = await request.form(max_files=0)
    if not form.get("once"):
        return OnceOnly(uow, request, clock.now(), None, "")
    said = json.dumps([request.url.path, *sorted(map(repr, form.multi_items()))])
    print_of = hashlib.sha256(said.encode()).hexdigest()
    return OnceOnly(uow, request, clock.now(), f"form:{print_of}", print_of)


OnceByForm = Annotated[OnceOnly, Depends(once_by_form)]


def forget_old_answers(uow: UnitOfWork, now: datetime) -> int:
    """A job: drop answers older than their time."""
    old = delete(IdempotentAnswer).where(col(IdempotentAnswer.created_at) < now - KEPT)
    return int(uow.session.exec(old).rowcount)


async def _fingerprint(request: Request) -> str:
    body = await request.body()
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(asked + body).hexdigest()


def _written(body: Body) -> str:
    return json.dumps(json_safe(body), ensure_ascii=False, separators=(",", ":"))
