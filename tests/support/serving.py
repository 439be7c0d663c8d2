"""The application on a loopback port: in a thread of the test, or as real processes.

As a module this file is also what runs in those processes: `uvicorn tests.support.serving:build`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from booking.app import create_app
from booking.kernel.clock import SystemClock
from booking.settings import Settings
from tests.support.clock import FileClock

_READY_SECONDS = 180.0
_STOP_SECONDS = 10.0
_ORDERS = "BOOKING_TEST_SERVER"
_ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Server:
    """A running server: where it listens, and how to end it."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """End it as a power cut would; only this server's own process group."""
        os.killpg(self.pid, signal.SIGKILL)
        self.process.wait(_STOP_SECONDS)

    def stop(self) -> None:
        """Ask it to end, and insist if it does not."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def in_a_thread(app: FastAPI, config: uvicorn.Config | None = None) -> Iterator[str]:
    """The address of an application that is served from this very process."""
    server = uvicorn.Server(config or uvicorn.Config(app, log_level="error", ws="none"))
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            # As a signal would; open streams are not waited for.
            if stop := getattr(app.state, "stop", None):
                stop.set()
            server.should_exit = True
            thread.join(_STOP_SECONDS)


def start(
    database_url: str, *, log: Path, processes: int = 1, clock: FileClock | None = None
) -> Server:
    """Start it and wait until it answers."""
    orders = {"database_url": database_url, "clock": str(clock.path) if clock else None}
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener, log.open("ab") as out:
        # As the `serve` command does: answers in two parts must not wait for each other.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        how = ["--fd", str(listener.fileno()), "--workers", str(processes), "--no-access-log"]
        # A busy machine starts slowly; that is no reason to take a worker for dead.
        how += ["--timeout-worker-healthcheck", str(int(_READY_SECONDS))]
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "tests.support.serving:build", "--factory", *how],
            cwd=_ROOT,
            env={**os.environ, _ORDERS: json.dumps(orders), "PYTHONWARNINGS": "ignore"},
            pass_fds=(listener.fileno(),),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}", process)
        _wait_until_ready(server, log)
    return server


def _wait_until_ready(server: Server, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            httpx.get(f"{server.url}/healthz", timeout=5)
        except httpx.HTTPError as refused:
            if server.process.poll() is not None or time.monotonic() > deadline:
                server.stop()
                raise RuntimeError(f"no server: {log.read_text()[-4000:]}") from refused
            time.sleep(0.05)
        else:
            return


def build() -> FastAPI:
    """What each process serves: the application itself, cheap passwords, the test's clock."""
    orders = json.loads(os.environ[_ORDERS])
    settings = test_settings(orders["database_url"])
    clock = FileClock(Path(orders["clock"])) if orders["clock"] else SystemClock()
    return create_app(settings, clock=clock)


def test_settings(database_url: str) -> Settings:
    """Settings for tests: nothing from the environment matters."""
    return Settings(
        database_url=database_url,
        secret_key="only-for-tests",
        password_cost="cheapest",
        rate_limits="off",
        public_url="http://testserver",
    )
