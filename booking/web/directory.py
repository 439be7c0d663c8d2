"""Which routers a path may belong to: the others are not asked.

FastAPI asks one router after the other, and each its routes; of hundreds, that took as long as a
short answer itself. Which is found stays the same: the order is kept, and only such are left out
as begin with another word.
"""

from collections.abc import Sequence
from copy import copy

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

_Begins = tuple[str, ...]


class Directory:
    """In front of an application's router, read when the first request comes by."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._read: Sequence[BaseRoute] = ()
        self._among: dict[_Begins, APIRouter] = {}
        self._elsewhere = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._router.app(scope, receive, send)
            return
        scope.setdefault("router", self._router)
        await self._for(_path(scope)).app(scope, receive, send)

    def routes_for(self, path: str) -> Sequence[BaseRoute]:
        """Those that are asked."""
        return self._for(path).routes

    def _for(self, path: str) -> APIRouter:
        if len(self._read) != len(self._router.routes):
            self._index()
        return self._among.get(_begins(path), self._elsewhere)

    def _index(self) -> None:
        routes = list(self._router.routes)
        begin = [_beginnings(route) for route in routes]
        read = list(zip(routes, begin, strict=True))
        words = {word for some in begin for word in some or ()}
        self._among = {
            word: self._only([route for route, some in read if some is None or word in some])
            for word in words
        }
        self._elsewhere = self._only([route for route, some in read if some is None])
        self._read = routes

    def _only(self, routes: list[BaseRoute]) -> APIRouter:
        """The router, as if it had only these."""
        narrowed = copy(self._router)
        narrowed.routes = routes
        return narrowed


def _beginnings(route: BaseRoute) -> frozenset[_Begins] | None:
    """How the paths of a router begin; None where that can be anything."""
    paths = [context.path for context in iter_route_contexts([route])]
    found = {_begins(path) for path in paths if path}
    anything = not all(paths) or any("{" in word for words in found for word in words)
    return None if anything or not found else frozenset(found)


def _path(scope: Scope) -> str:
    """The path below wherever a proxy has put us."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _begins(path: str) -> _Begins:
    """A page by its first word; what is for programs after `/api/v1`."""
    words = path.rstrip("/").split("/", 4)[1:]
    return tuple(words[: 3 if words[:1] == ["api"] else 1])
