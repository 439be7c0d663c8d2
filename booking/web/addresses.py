"""Addresses of pages by route name: `url("instrument", 7, week="2026-W48")`."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, compile_path

from booking.web.languages import is_api


class UnknownRoute(LookupError):
    """A template or a redirect names a route that is not there."""


@dataclass(frozen=True, slots=True)
class _Known:
    path_format: str
    names: tuple[str, ...]
    rank: int


class Addresses:
    """The routes of an application, read once when the first address is asked for."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._known: dict[str, _Known] = {}
        self._paths: frozenset[str] = frozenset()

    def url(self, route: str, /, *parts: object, **params: object) -> str:
        """Fill the path with `parts` in order or by name; what is left becomes the query."""
        known = self._find(route)
        given = dict(zip(known.names, parts, strict=False))
        left = {name: value for name, value in params.items() if name not in known.names}
        given |= {name: value for name, value in params.items() if name in known.names}
        path = known.path_format.format(**{name: _text(value) for name, value in given.items()})
        query = urlencode(_pairs(left))
        return f"{path}?{query}" if query else path

    def has(self, route: str) -> bool:
        """Whether there is such a route."""
        self._read()
        return route in self._known

    def serves(self, path: str) -> bool:
        """Whether a page can be read at exactly this path."""
        self._read()
        return path in self._paths

    def _find(self, route: str) -> _Known:
        self._read()
        if route not in self._known:
            raise UnknownRoute(route)
        return self._known[route]

    def _read(self) -> None:
        if not self._known:
            self._known = _index(self._app.routes)
            self._paths = frozenset(
                context.path or "" for context in iter_route_contexts(self._app.routes)
            )


def methods_at(routes: Sequence[BaseRoute], path: str) -> list[str]:
    """Everything that can be asked of a path, in alphabetical order; HEAD goes with GET."""
    found: set[str] = set()
    for context in iter_route_contexts(routes):
        methods: set[str] = getattr(context.original_route, "methods", None) or set()
        if methods and compile_path(context.path or "")[0].match(path):
            found |= methods
    return sorted(found | {"HEAD"} if "GET" in found else found)


def endpoints_at(routes: Sequence[BaseRoute], path: str, *, method: str) -> list[object]:
    """The functions that a request may mean."""
    return [
        getattr(context.original_route, "endpoint", None)
        for context in iter_route_contexts(routes)
        if method in (getattr(context.original_route, "methods", None) or ())
        and compile_path(context.path or "")[0].match(path)
    ]


def _index(routes: Sequence[BaseRoute]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    for context in iter_route_contexts(routes):
        path, name = context.path_format or context.path, context.name
        if not path or not name:
            continue
        # A page and a JSON route may share a name; people's addresses are meant, and to read first.
        methods: set[str] = getattr(context.original_route, "methods", None) or set()
        rank = 2 * is_api(path) + ("GET" not in methods)
        if name not in known or rank < known[name].rank:
            known[name] = _Known(path, _names(path), rank)
    return known


def _names(path_format: str) -> tuple[str, ...]:
    return tuple(piece.split("}")[0] for piece in path_format.split("{")[1:])


def _text(value: object) -> str:
    return str(getattr(value, "value", value))


def _pairs(params: dict[str, object]) -> list[tuple[str, str]]:
    """Query pairs; None and empty text say nothing and stay away, lists repeat."""
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        many = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, _text(one)) for one in many if one is not None and one != ""]
    return pairs
