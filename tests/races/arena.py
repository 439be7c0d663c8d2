"""A scene on a live server, and what races on it need."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.kernel.timespan import TimeSpan
from booking.web.json import rfc3339
from tests.factories.reservation_values import at
from tests.factories.reservations import NOON, Scene
from tests.support.crowd import Answer, Asking, all_at_once
from tests.support.invariants import assert_sound
from tests.support.serving import Server

Write = Callable[[], AbstractContextManager[UnitOfWork]]
ROUNDS = 12
NOW = at("11-23 09:00")


@dataclass
class Arena:
    """A scene on a live server."""

    scene: Scene
    server: Server
    keys: dict[int, dict[str, str]]
    write: Write

    def wish(
        self,
        span: TimeSpan,
        who: Actor | None = None,
        *,
        on: Instrument | None = None,
        **more: object,
    ) -> Asking:
        body = {
            "instrument_id": (on or self.scene.instrument).key,
            "starts_at": rfc3339(span.start),
            "ends_at": rfc3339(span.end),
            "purpose": "断口形貌",
            **more,
        }
        return self.asking("/reservations", body, who or self.scene.member)

    def asking(self, path: str, body: object, who: Actor) -> Asking:
        return Asking(f"/api/v1{path}", body, self.keys[who.id])

    def ask(self, asking: Asking) -> Answer:
        return asking.send(self.server.url)

    def book(self, span: TimeSpan) -> str:
        answer = self.ask(self.wish(span))
        assert answer.status == 201, answer.body
        number: str = answer.body["number"]
        return number

    def at_once(self, *askings: Asking) -> list[Answer]:
        return all_at_once([partial(self.ask, one) for one in askings])

    def assert_sound(self) -> None:
        with self.write() as uow:
            assert_sound(uow.session)


OpenArena = Callable[..., Arena]


def round_span(n: int) -> TimeSpan:
    """Another two hours for each round."""
    start = NOON.start + timedelta(hours=3 * n)
    return TimeSpan(start, start + timedelta(hours=2))


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)
