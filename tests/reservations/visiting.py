"""People of a scene at the pages of bookings."""

from bs4 import BeautifulSoup
from httpx2 import Response
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.kernel.timespan import TimeSpan
from tests.conftest import Write
from tests.factories.accounts import be, open_session
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

HTMX = {"HX-Request": "true"}
ASKED = {"approval": "always"}
SPAN = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00"}


def soup(answer: Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def text_of(answer: Response) -> str:
    return " ".join(soup(answer).get_text(" ").split())


def key_of(answer: Response) -> str:
    """The key against sending a form twice."""
    (field,) = soup(answer).select("input[name=once]")
    return str(field["value"])


class Visit:
    """A client in which different people of a scene sit down one after the other."""

    def __init__(self, write: Write, client: TestClient, clock: FrozenClock) -> None:
        self.write, self.client, self.clock = write, client, clock

    def scene(self, **facts: object) -> Scene:
        with self.write() as uow:
            return make_scene(uow, **facts)  # type: ignore[arg-type]

    def by(self, actor: Actor) -> TestClient:
        with self.write() as uow:
            return be(self.client, open_session(uow, actor, now=self.clock.now()))

    def book(self, scene: Scene, span: TimeSpan = NOON) -> str:
        with self.write() as uow:
            return make_reservation(uow, scene, span, now=self.clock.now()).number


def panel_path(scene: Scene) -> str:
    return f"/instruments/{scene.instrument.key}/booking"
