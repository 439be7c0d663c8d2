"""A scene that was committed, and its people at the door."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.web.json import rfc3339
from tests.factories.accounts import bearer
from tests.factories.reservations import NOON, Scene, make_scene
from tests.reservations.visiting import Visit
from tests.support.clock import FrozenClock

Headers = Mapping[str, str]
Write = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True)
class Doors:
    """The API as each person of a scene uses it."""

    scene: Scene
    client: TestClient
    keys: Mapping[int, Headers]

    def post(
        self, who: Actor, path: str, body: object = None, headers: Headers | None = None
    ) -> Response:
        given = {**self.keys[who.id], **(headers or {})}
        return self.client.post(f"/api/v1{path}", json=body, headers=given)

    def get(self, who: Actor, path: str) -> Response:
        return self.client.get(f"/api/v1{path}", headers=self.keys[who.id])

    def body(self, span: TimeSpan = NOON, **changes: object) -> dict[str, object]:
        """A wish as JSON."""
        return {
            "instrument_id": self.scene.instrument.key,
            "starts_at": rfc3339(span.start),
            "ends_at": rfc3339(span.end),
            "purpose": "断口形貌",
            **changes,
        }

    def book(self, span: TimeSpan = NOON, **changes: object) -> str:
        """The number of a booking made by the member."""
        answer = self.post(self.scene.member, "/reservations", self.body(span, **changes))
        assert answer.status_code == 201, answer.text
        number: str = answer.json()["number"]
        return number


OpenDoors = Callable[..., Doors]


@pytest.fixture
def open_doors(write: Write, client: TestClient, clock: FrozenClock) -> OpenDoors:
    """Make a scene with a policy and give its people (and others) tokens."""

    def opened(policy: dict[str, object] | None = None, *, units: int = 1) -> Doors:
        with write() as uow:
            scene = make_scene(uow, policy=policy, units=units)
            people = (scene.manager, scene.member, scene.admin)
            keys = {actor.id: bearer(uow, actor, now=clock.now()) for actor in people}
        return Doors(scene, client, keys)

    return opened


@pytest.fixture
def visit(write: Write, client: TestClient, clock: FrozenClock) -> Visit:
    return Visit(write, client, clock)
