"""Whichever routers are left unasked, a request is answered as if all of them had been asked."""

import asyncio
from collections.abc import Sequence

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Match
from starlette.testclient import TestClient
from starlette.types import Message

from booking.app import create_app
from booking.web.directory import Directory
from tests.support.serving import test_settings as settings_for

NOWHERE = ["", "/", "//", "/nowhere", "/api", "/api/v1", "/api/v1/", "/api/v1/nowhere", "/static"]


def house() -> FastAPI:
    return create_app(settings_for("sqlite://"))


def asked(app: FastAPI) -> list[str]:
    """A path of every route, and what is nearly one."""
    paths = {context.path or "" for context in iter_route_contexts(app.router.routes)}
    filled = {"7".join(piece.split("}")[-1] for piece in path.split("{")) for path in paths}
    near = [f"{path}{more}" for path in sorted(filled)[::9] for more in ("/", "/more", "s")]
    return sorted(filled) + near + NOWHERE


def chosen(routes: Sequence[BaseRoute], path: str, method: str) -> tuple[Match, BaseRoute | None]:
    """As a router chooses: whatever matches wholly, or else the first whose path does."""
    partly = None
    for route in routes:
        scope = {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return match, route
        partly = partly or (route if match is Match.PARTIAL else None)
    return (Match.PARTIAL, partly) if partly else (Match.NONE, None)


def test_every_request_finds_what_it_found_among_all() -> None:
    app = house()
    directory = Directory(app.router)
    paths = asked(app)
    assert len(paths) > 500
    for number, path in enumerate(paths):
        among, method = directory.routes_for(path), ("GET", "POST")[number % 2]
        assert chosen(among, path, method) == chosen(app.router.routes, path, method), path


def test_hardly_any_router_is_asked() -> None:
    app = house()
    directory = Directory(app.router)
    assert max(len(directory.routes_for(path)) for path in asked(app)) < len(app.router.routes) / 4


@pytest.fixture
def small() -> FastAPI:
    """A page, one whose address begins with anything, and something for programs."""
    app, pages, any_, api = FastAPI(), APIRouter(), APIRouter(), APIRouter()
    pages.add_api_route("/rooms/{key}", lambda key: f"room {key}", methods=["GET"])
    any_.add_api_route("/{word}/{key}", lambda word, key: f"{word}: {key}", methods=["GET"])
    api.add_api_route("/rooms", lambda: "rooms", methods=["POST"])
    for router, prefix in ((pages, ""), (any_, ""), (api, "/api/v1")):
        app.include_router(router, prefix=prefix)
    app.router.middleware_stack = Directory(app.router)
    return app


def test_what_begins_with_anything_is_always_asked(small: FastAPI) -> None:
    client = TestClient(small, follow_redirects=False)
    assert client.get("/rooms/7").json() == "room 7"
    assert client.get("/houses/7").json() == "houses: 7"
    assert client.get("/rooms/7/").headers["location"].endswith("/rooms/7")
    assert client.get("/api/v1/rooms").status_code == 405
    assert client.get("/rooms/7/chairs").status_code == 404


def test_what_is_added_later_is_found(small: FastAPI) -> None:
    client = TestClient(small)
    assert client.get("/late").status_code == 404
    small.router.add_api_route("/late", lambda: "late", methods=["GET"])
    assert client.get("/late").json() == "late"


def test_a_proxy_may_put_it_below_a_path(small: FastAPI) -> None:
    client = TestClient(small, root_path="/centre")
    assert client.get("/centre/rooms/7").json() == "room 7"
    assert client.get("/rooms/7").json() == "room 7"


def test_what_is_no_request_goes_to_all(small: FastAPI) -> None:
    told = []

    async def send(message: Message) -> None:
        told.append(message["type"])

    async def receive() -> Message:
        return {"type": "lifespan.startup" if not told else "lifespan.shutdown"}

    asyncio.run(small.router.middleware_stack({"type": "lifespan", "app": small}, receive, send))
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
