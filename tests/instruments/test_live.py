"""What others change is told to those who look, by the instrument's number and by nothing else."""

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import cast

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from booking.instruments.actions.close import Closing, close
from booking.instruments.actions.faults import close_for_fault, report_fault
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.routes.live import MOST_OF_PERSON
from booking.instruments.states import InstrumentState
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.reschedule import reschedule
from booking.web.sessions import COOKIE
from tests.conftest import StartServer, Write
from tests.factories.accounts import open_session
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.reservations.actions.test_parts import make_beamline
from tests.support.clock import FrozenClock

# By then a page must have shown what others changed.
SECONDS = 3.0
LATER = between("11-24 15:00", "16:00")


class Listener:
    """Somebody whose page is open."""

    def __init__(self) -> None:
        self.told: queue.Queue[str] = queue.Queue()
        self.over = threading.Event()

    def next(self) -> str:
        return self.told.get(timeout=SECONDS)

    @property
    def nothing_more(self) -> bool:
        return self.told.empty()


@contextmanager
def listening(address: str, ids: str, secret: str = "") -> Iterator[Listener]:
    """Open the stream, and read it until the block ends."""
    listener = Listener()
    cookies = {COOKIE: secret} if secret else {}
    with (
        httpx.Client(cookies=cookies, timeout=30) as client,
        client.stream("GET", f"{address}/live?instruments={ids}") as answer,
    ):
        assert answer.status_code == 200
        lines = answer.iter_lines()
        assert next(lines) == "retry: 1000"

        def read() -> None:
            with suppress(httpx.HTTPError, httpx.StreamError, RuntimeError, ValueError):
                for line in lines:
                    if line.startswith("data: "):
                        listener.told.put(line.removeprefix("data: "))
                listener.over.set()

        threading.Thread(target=read, daemon=True).start()
        try:
            yield listener
        finally:
            # Closing alone would not end what the thread waits for.
            with suppress(OSError):
                answer.extensions["network_stream"].get_extra_info("socket").shutdown(
                    socket.SHUT_RDWR
                )


Deed = Callable[[Write, Scene, FrozenClock], object]


def books(write: Write, scene: Scene, clock: FrozenClock) -> None:
    with write() as uow:
        make_reservation(uow, scene, LATER, now=clock.now())


def _booked(write: Write, scene: Scene, clock: FrozenClock) -> str:
    with write() as uow:
        return make_reservation(uow, scene, NOON, now=clock.now()).number


def moves(write: Write, scene: Scene, clock: FrozenClock) -> None:
    number = _booked(write, scene, clock)
    with write() as uow:
        reschedule(uow, number, LATER, actor=scene.member, now=clock.now())


def cancels(write: Write, scene: Scene, clock: FrozenClock) -> None:
    number = _booked(write, scene, clock)
    with write() as uow:
        cancel(uow, number, actor=scene.member, now=clock.now())


def arrives(write: Write, scene: Scene, clock: FrozenClock) -> None:
    number = _booked(write, scene, clock)
    with write() as uow:
        check_in(uow, number, actor=scene.manager, now=NOON.start)


def maintains(write: Write, scene: Scene, clock: FrozenClock) -> None:
    with write() as uow:
        closing = Closing(LATER, ClosureKind.MAINTENANCE)
        close(uow, scene.instrument.key, closing, actor=scene.manager, now=clock.now())


def breaks(write: Write, scene: Scene, clock: FrozenClock) -> None:
    with write() as uow:
        fault = report_fault(
            uow, scene.instrument.key, "异响", actor=scene.manager, now=clock.now()
        )
        close_for_fault(uow, fault.key, actor=scene.manager, now=clock.now(), until=NOON.end)


@pytest.mark.parametrize("deed", [books, moves, cancels, arrives, maintains, breaks])
def test_a_visitor_hears_that_something_changed(
    write: Write, live_server: str, clock: FrozenClock, deed: Deed
) -> None:
    with write() as uow:
        scene = make_scene(uow)
    with listening(live_server, f"{scene.instrument.key}") as visitor:
        deed(write, scene, clock)
        assert visitor.next() == str(scene.instrument.key)


def test_of_what_is_rolled_back_nobody_hears(
    write: Write, live_server: str, clock: FrozenClock
) -> None:
    with write() as uow:
        scene, other = make_scene(uow), make_scene(uow)
    ids = f"{scene.instrument.key},{other.instrument.key}"
    with listening(live_server, ids) as visitor:
        with suppress(LookupError), write() as uow:
            make_reservation(uow, scene, now=clock.now())
            raise LookupError
        books(write, other, clock)
        assert visitor.next() == str(other.instrument.key)
        assert visitor.nothing_more


def test_what_happens_to_a_whole_is_told_for_its_parts(
    write: Write, live_server: str, clock: FrozenClock
) -> None:
    with write() as uow:
        whole, _station, detector = make_beamline(uow)
    with listening(live_server, f"{detector.instrument.key}") as visitor:
        books(write, whole, clock)
        assert visitor.next() == str(detector.instrument.key)


def hide(write: Write, scene: Scene) -> None:
    with write() as uow:
        card = uow.session.get_one(type(scene.instrument), scene.instrument.key)
        card.state = InstrumentState.DRAFT


@pytest.mark.parametrize("ids", ["", "x", "1;2", "99999", "7" * 400, "9" * 15])
def test_without_anything_to_wait_for_there_is_no_stream(client: TestClient, ids: str) -> None:
    assert client.get("/live", params={"instruments": ids}).status_code == 204


def test_of_a_hidden_instrument_strangers_hear_nothing_and_its_lab_does(
    write: Write, client: TestClient, live_server: str, clock: FrozenClock
) -> None:
    with write() as uow:
        scene = make_scene(uow)
        manager = open_session(uow, scene.manager, now=clock.now())
    hide(write, scene)
    ids = str(scene.instrument.key)
    assert client.get("/live", params={"instruments": ids}).status_code == 204
    with listening(live_server, ids, manager) as lab:
        maintains(write, scene, clock)
        assert lab.next() == ids


def test_a_person_has_only_so_many_streams_open_and_gets_them_back(
    write: Write, client: TestClient, clock: FrozenClock
) -> None:
    seats = cast("FastAPI", client.app).state.streams.seats
    with write() as uow:
        scene = make_scene(uow)
        secret = open_session(uow, scene.member, now=clock.now())
    holder = f"person:{scene.member.id}"
    for _ in range(MOST_OF_PERSON):
        seats.take(holder, most=MOST_OF_PERSON)
    client.cookies.set(COOKIE, secret)
    ids = {"instruments": str(scene.instrument.key)}
    refused = client.get("/live", params=ids)
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    seats.leave(holder)
    seats.take(holder, most=MOST_OF_PERSON)


def within(seconds: float, happens: Callable[[], bool]) -> bool:
    ends = time.monotonic() + seconds
    while not happens() and time.monotonic() < ends:
        threading.Event().wait(0.05)
    return happens()


def test_who_closes_the_page_gives_back_the_seat(
    write: Write, client: TestClient, live_server: str, clock: FrozenClock
) -> None:
    streams = cast("FastAPI", client.app).state.streams
    streams.heartbeat = 0.1
    with write() as uow:
        scene = make_scene(uow)
        secret = open_session(uow, scene.member, now=clock.now())
    with listening(live_server, f"{scene.instrument.key}", secret):
        assert streams.seats.taken(f"person:{scene.member.id}") == 1
    assert within(SECONDS, lambda: streams.seats.taken(f"person:{scene.member.id}") == 0)


@pytest.mark.parametrize("ending", ["signed out", "hidden"])
def test_a_stream_ends_with_the_session_and_with_the_right_to_know(
    write: Write, client: TestClient, live_server: str, clock: FrozenClock, ending: str
) -> None:
    cast("FastAPI", client.app).state.streams.heartbeat = 0.1
    with write() as uow:
        scene = make_scene(uow)
        secret = open_session(uow, scene.member, now=clock.now())
    with listening(live_server, f"{scene.instrument.key}", secret) as member:
        if ending == "hidden":
            hide(write, scene)
        else:
            clock.advance(hours=24)
        assert member.over.wait(SECONDS)


def test_open_streams_do_not_keep_a_server_from_ending(
    write: Write, start_server: StartServer
) -> None:
    with write() as uow:
        scene = make_scene(uow)
    server = start_server()
    with listening(server.url, f"{scene.instrument.key}") as visitor:
        server.process.terminate()
        assert visitor.over.wait(SECONDS)
        assert server.process.wait(SECONDS) is not None


def test_what_one_process_does_is_heard_in_another(
    write: Write, start_server: StartServer, clock: FrozenClock
) -> None:
    with write() as uow:
        scene = make_scene(uow)
    server = start_server()
    with listening(server.url, f"{scene.instrument.key}") as visitor:
        books(write, scene, clock)
        assert visitor.next() == str(scene.instrument.key)
