"""What the OpenAPI document says of every operation: who may ask, and every way to be refused."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from booking.access import guards
from booking.web.csrf import SAFE
from booking.web.sessions import COOKIE

_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_SCHEMES: Final = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
}
_ANYTHING: Final[tuple[dict[str, list[str]], ...]] = ({"token": []}, {"session": []})
_TEXT: Final = {"type": "string"}
_FINDING: Final = {
    "type": "object",
    "required": ["code", "params", "overridable", "detail"],
    "properties": {
        "code": _TEXT,
        "params": {"type": "object"},
        "overridable": {"type": "boolean"},
        "detail": _TEXT,
    },
}
_OBJECTS: Final = {"type": "array", "items": {"type": "object"}}
# RFC 9457, as `web/problems.py` writes it.
PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:booking:"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": _TEXT,
        "params": {"type": "object"},
        "violations": {"type": "array", "items": _FINDING},
        "conflicts": _OBJECTS,
        "alternatives": _OBJECTS,
    },
}
REFUSALS: Final = {
    400: "The request cannot be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not there, or not yours to know of",
    408: "The body came too slowly",
    409: "In conflict with another record, or with its state",
    412: "Changed since the version that `If-Match` names",
    413: "The body is too large",
    422: "Against the rules, or against the form",
    429: "Too many requests; `Retry-After` says when to come back",
    503: "The database is away, or too busy for long; `Retry-After` says when to come back",
}
# What may happen to any request.
_ALWAYS: Final = (400, 401, 403, 422, 429, 503)
_WITH_BODY: Final = (408, 413)


def describe(app: FastAPI) -> None:
    """Let the document of an application say it, once for all operations."""
    of_framework = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(of_framework(), app)
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI itself advises


def _complete(document: dict[str, Any], app: FastAPI) -> None:
    components = document.setdefault("components", {})
    components["securitySchemes"] = dict(_SCHEMES)
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for framework_s_own in ("HTTPValidationError", "ValidationError"):
        schemas.pop(framework_s_own, None)
    components["responses"] = {
        f"Refused{status}": {
            "description": words,
            "content": {"application/problem+json": {"schema": _PROBLEM}},
        }
        for status, words in REFUSALS.items()
    }
    for path, method, route in _routes(app):
        operation = document["paths"].get(path, {}).get(method)
        if operation is None:
            continue
        public = any(each.call is guards.PUBLIC.dependency for each in route.dependant.dependencies)
        operation["security"] = [{}, *_ANYTHING] if public else [*_ANYTHING]
        for status in _refusals(operation, method):
            operation["responses"][str(status)] = {
                "$ref": f"#/components/responses/Refused{status}"
            }


def _routes(app: FastAPI) -> Iterator[tuple[str, str, APIRoute]]:
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            for method in context.original_route.methods or ():
                yield context.path or "", method.lower(), context.original_route


def _refusals(operation: dict[str, Any], method: str) -> Iterator[int]:
    yield from _ALWAYS
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    if "path" in places:
        yield 404
    if method.upper() not in SAFE:
        yield from (404, 409, 412)
    if "requestBody" in operation:
        yield from _WITH_BODY
