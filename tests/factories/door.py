"""Signing in as the pages do it, without the pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from booking.access.actor import Actor
from booking.accounts.actions.sign_in import (
    Browser,
    HalfWay,
    NewSession,
    Refusal,
    SecondStep,
    finish_sign_in,
    sign_in,
)
from booking.accounts.errors import SignInOver, SlowDown, WrongCode
from booking.accounts.identity import Claim, prove
from booking.accounts.providers.local import Passwords
from booking.accounts.queries.actors import actor_of_session
from booking.accounts.rules import digest_of
from booking.db.transactions import UnitOfWork, read_session
from tests.factories.accounts import CHEAP, PASSWORD, SEAL, make_user
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"
EMAIL = "owner@example.com"


class Door:
    """Signing in as the pages do it: proved first, then one transaction that is kept."""

    def __init__(self, engine: Engine, write: Write, clock: FrozenClock) -> None:
        self.engine, self.write, self.clock = engine, write, clock
        with write() as uow:
            self.user_id = make_user(uow, email=EMAIL).key

    def knock(
        self,
        password: str = PASSWORD,
        *,
        email: str = EMAIL,
        address: str = HOME,
        former: str | None = None,
        passwords: Passwords = CHEAP,
    ) -> NewSession | HalfWay | Refusal:
        now, claim = self.clock.now(), Claim(email, password, address)
        proof = prove(self.engine, claim, passwords=passwords, now=now)
        with self.write() as uow:
            browser = Browser("Firefox", former)
            return sign_in(uow, proof, browser=browser, now=now, lifetime=timedelta(hours=12))

    def halfway(self, *, address: str = HOME, former: str | None = None) -> str:
        """The secret of a sign-in whose password was right."""
        half = self.knock(address=address, former=former)
        assert isinstance(half, HalfWay)
        return half.secret

    def tell(
        self, half: str, code: str, *, address: str = HOME, former: str | None = None
    ) -> NewSession | WrongCode | SlowDown | SignInOver:
        """The second step."""
        browser, lifetime = Browser("Firefox", former), timedelta(hours=12)
        step = SecondStep(half, code, address, browser, lifetime)
        with self.write() as uow:
            return finish_sign_in(uow, step, seal=SEAL, now=self.clock.now())

    def behind(self, secret: str, *, at: datetime | None = None) -> Actor | None:
        with read_session(self.engine) as session:
            found = actor_of_session(session, digest_of(secret), at or self.clock.now())
            return found.actor if found else None

    def secret(self) -> str:
        opened = self.knock()
        assert isinstance(opened, NewSession)
        return opened.secret

    def guess(self, email: str = EMAIL, address: str = HOME) -> NewSession | HalfWay | Refusal:
        return self.knock("wrong guess", email=email, address=address)

    def wait_after(self, failures: int) -> int:
        """Fail so often, waiting as told; then say how long one must wait."""
        for _ in range(failures):
            while isinstance(answer := self.guess(), SlowDown):
                self.clock.advance(seconds=self.seconds(answer))
        answer = self.guess()
        return self.seconds(answer) if isinstance(answer, SlowDown) else 0

    @staticmethod
    def seconds(refusal: SlowDown) -> int:
        told = refusal.params["retry_after"]
        assert isinstance(told, int)
        return told
