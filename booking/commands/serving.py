"""Running the centre: the web, the clock, or the demo with both."""

import secrets
import shutil
import socket
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from platformdirs import user_data_path
from pydantic import SecretStr
from uvicorn.supervisors import Multiprocess

from booking import migrations
from booking.app import create_app
from booking.commands.demonstrating import Playback, people_to_show, seeded
from booking.commands.listening import configured
from booking.commands.setting import CLOCK, stop
from booking.db.engine import make_engine
from booking.settings import Settings, files_beside
from booking.worker import run_worker

# On a busy machine a process takes a while to be there; until then it is not dead.
_SLOW_START_SECONDS = 60
Host = Annotated[str, typer.Option(help="address to listen on 监听地址")]
Port = Annotated[int, typer.Option(help="port to listen on 端口")]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="processes 进程数")] = 1,
) -> None:
    """Serve pages and the API; the clock is `booking worker`. 启动网站（定时任务另起 worker）。"""
    settings = Settings()
    if settings.secret_key is None:
        stop("BOOKING_SECRET_KEY is required outside `demo`")
    if workers > 1:
        _with_processes(settings, host, port, workers=workers)
    else:
        _listen(create_app(settings), settings, host=host, port=port)


def worker() -> None:
    """Run timed work until stopped. 运行定时任务。"""
    settings = Settings()
    if settings.writes_letters and settings.secret_key is None:
        stop("BOOKING_SECRET_KEY is required to write letters")
    run_worker(settings)


def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    bookings: Annotated[int | None, typer.Option(help="about how many 历史预约数")] = None,
) -> None:
    """A fresh centre with a year of invented history, web and clock in one. 启动演示中心。"""
    _must_be_free(host, port)
    path = user_data_path("booking") / f"demo-{port}.sqlite3"
    for tail in ("", "-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    url = f"sqlite:///{path}"
    shutil.rmtree(files_beside(url), ignore_errors=True)
    settings = Settings(
        database_url=url,
        files=None,
        read_url=None,
        secret_key=SecretStr(secrets.token_urlsafe()),
        password_cost="cheapest",  # noqa: S106 - a cost, not a password
        public_url=f"http://{host}:{port}",
        mail_url=SecretStr(path.with_name(f"demo-{port}-letters").as_uri()),
    )
    typer.echo(f"准备演示中心 preparing the demo: {path}")
    engine = make_engine(settings.database_url)
    migrations.migrate(engine)
    now = CLOCK.now()
    past = Playback(
        seeded(engine, settings, now=now, bookings=bookings), now=now, settings=settings
    )
    try:
        past.start()
        app = create_app(settings, engine=engine)
        app.state.notice = past.notice
        typer.echo(people_to_show(settings))
        _listen(app, settings, host=host, port=port)
    finally:
        past.stop()
        engine.dispose()


def _must_be_free(host: str, port: int) -> None:
    """Say so now, not after a minute of playing."""
    try:
        socket.create_server((host, port)).close()
    except OSError as taken:
        stop(
            f"{host}:{port}: {taken.strerror}; --port chooses another 端口被占用，请用 --port 另选"
        )


def application() -> FastAPI:
    """What each of several processes serves."""
    return create_app(Settings())


def _listen(app: FastAPI, settings: Settings, *, host: str, port: int) -> None:
    uvicorn.Server(configured(app, settings, host=host, port=port)).run()


def _with_processes(settings: Settings, host: str, port: int, *, workers: int) -> None:
    config = configured(
        "booking.commands.serving:application",
        settings,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        timeout_worker_healthcheck=_SLOW_START_SECONDS,
    )
    Multiprocess(config, sockets=[listener(config)]).run()


def listener(config: uvicorn.Config) -> socket.socket:
    """The socket that the processes share; what it accepts sends at once.

    asyncio does that only for sockets it made itself. Without it the second part of every answer
    waits 40 ms for the first one to be acknowledged.
    """
    bound = config.bind_socket()
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound
