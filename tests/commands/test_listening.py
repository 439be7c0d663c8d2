"""Whoever sends too much, too slowly, or does not read, is turned away; over real sockets."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request, Response
from starlette.responses import StreamingResponse

from booking.commands import listening
from booking.commands.listening import configured
from booking.settings import REPOSITORY
from booking.web.errors import handle_errors
from booking.web.manners import BodyLimit
from tests.support.serving import in_a_thread
from tests.support.serving import test_settings as settings_for

pytestmark = pytest.mark.slow

SHORT = 0.3
LONG = 10.0
HEAD = b"POST /api/echo HTTP/1.1\r\nhost: here\r\n"


def echoing() -> FastAPI:
    app = FastAPI()
    handle_errors(app)
    app.add_middleware(BodyLimit, largest=1000, piece_seconds=SHORT, body_seconds=4 * SHORT)

    @app.post("/api/echo")
    async def echo(request: Request) -> Response:
        return Response(await request.body())

    @app.get("/api/slow")
    async def slow() -> str:
        await anyio.sleep(3 * SHORT)
        return "slow"

    @app.get("/api/endless")
    async def endless() -> StreamingResponse:
        async def pieces():
            while True:
                yield b"x" * 1_000_000
                await anyio.sleep(0)

        return StreamingResponse(pieces())

    @app.get("/api/from")
    async def sender(request: Request) -> str:
        return request.client.host if request.client else ""

    return app


@pytest.fixture
def address(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An application served as `booking serve` does, with little patience."""
    monkeypatch.setattr(listening.ImpatientProtocol, "head_seconds", SHORT)
    monkeypatch.setattr(listening.ImpatientProtocol, "unread_seconds", SHORT)
    monkeypatch.setattr(listening, "IDLE_SECONDS", SHORT)
    proxies = getattr(request, "param", "127.0.0.1")
    settings = settings_for("sqlite://").model_copy(update={"trusted_proxies": proxies})
    app = echoing()
    with in_a_thread(app, configured(app, settings, log_level="error")) as url:
        yield url


def connect(url: str) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=LONG)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def everything(connection: socket.socket) -> bytes:
    """What comes until the other side closes; a reset is a close."""
    got = b""
    try:
        while piece := connection.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    return got


def trickle(connection: socket.socket, text: bytes, *, every: float = SHORT / 6) -> float:
    """Send byte by byte until it is refused; how long that took."""
    began = time.monotonic()
    try:
        for at in range(len(text)):
            connection.sendall(text[at : at + 1])
            time.sleep(every)
    except OSError:
        pass
    return time.monotonic() - began


def test_a_head_of_ten_megabytes_is_refused_before_it_is_read(address):
    with connect(address) as sender:
        sent = 0
        try:
            sender.sendall(HEAD + b"x-large: ")
            while sent < 10_000_000:
                sender.sendall(b"x" * 16_384)
                sent += 16_384
        except OSError:
            pass
        assert sent < 10_000_000
    assert httpx.get(f"{address}/api/from").status_code == 200


def test_a_head_that_is_too_large_is_answered(address):
    with connect(address) as sender:
        sender.sendall(HEAD + b"x-large: " + b"x" * (listening.LARGEST_HEAD + 1))
        assert everything(sender).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("first", [b"", b"GET / HT"])
def test_a_head_that_never_comes_is_not_waited_for(address, first):
    with connect(address) as sender:
        sender.sendall(first)
        expected = b"HTTP/1.1 408 " if first else b""
        assert everything(sender)[:13] == expected


def test_a_head_that_trickles_is_not_waited_for(address):
    with connect(address) as sender:
        assert trickle(sender, HEAD * 10) < LONG
        assert everything(sender)[:13] in {b"", b"HTTP/1.1 408 "}


def test_the_head_of_a_second_request_may_not_trickle_either(address):
    with connect(address) as sender:
        sender.sendall(b"GET /api/from HTTP/1.1\r\nhost: here\r\n\r\nGET")
        answers = everything(sender)
    assert answers.startswith(b"HTTP/1.1 200 ")
    assert answers.count(b"HTTP/1.1 ") <= 2


def test_a_slow_answer_is_no_slow_client(address):
    assert httpx.get(f"{address}/api/slow", timeout=LONG).json() == "slow"


@pytest.mark.parametrize("sent", [b"", b"half"])
def test_a_body_that_stops_coming_is_refused(address, sent):
    with connect(address) as sender:
        sender.sendall(HEAD + b"content-length: 9\r\n\r\n" + sent)
        answer = everything(sender)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"http.too_slow" in answer


def test_a_body_that_trickles_is_refused(address):
    with connect(address) as sender:
        sender.sendall(HEAD + b"content-length: 900\r\n\r\n")
        assert trickle(sender, b"x" * 900) < LONG


def test_a_body_in_time_is_read(address):
    with connect(address) as sender:
        sender.sendall(HEAD + b"connection: close\r\ncontent-length: 4\r\n\r\nfo")
        time.sleep(SHORT / 3)
        sender.sendall(b"ur")
        assert everything(sender).endswith(b"four")


def test_a_body_that_says_that_it_is_too_large_is_not_read(address):
    with connect(address) as sender:
        sender.sendall(HEAD + b"content-length: 1001\r\n\r\n")
        assert sender.recv(13) == b"HTTP/1.1 413 "


def test_an_answer_that_is_not_read_ends(address):
    with connect(address) as reader:
        reader.sendall(b"GET /api/endless HTTP/1.1\r\nhost: here\r\n\r\n")
        time.sleep(3 * SHORT)
        began = time.monotonic()
        everything(reader)
        assert time.monotonic() - began < LONG


@pytest.mark.parametrize(
    ("address", "seen"),
    [("127.0.0.1", "203.0.113.9"), ("10.0.0.1", "127.0.0.1"), ("", "127.0.0.1")],
    indirect=["address"],
)
def test_only_a_trusted_proxy_says_who_asks(address, seen):
    claimed = {"x-forwarded-for": "198.51.100.1, 203.0.113.9"}
    assert httpx.get(f"{address}/api/from", headers=claimed).json() == seen


@pytest.mark.slow
def test_the_command_serves_so(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "booking", "serve", "--port", str(port)]
    surroundings = {
        "BOOKING_DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite3'}",
        "BOOKING_SECRET_KEY": "only-for-tests",
        "PATH": "",
    }
    with subprocess.Popen(command, cwd=REPOSITORY, env=surroundings) as process:
        try:
            _wait_for(port)
            with connect(f"x:{port}") as sender:
                sender.sendall(HEAD + b"x-large: " + b"x" * (listening.LARGEST_HEAD + 1))
                assert everything(sender).startswith(b"HTTP/1.1 400 ")
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("it never listened")
