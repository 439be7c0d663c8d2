"""The API for readers: `/api/v1/docs`, made from the OpenAPI document that programs read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, cast

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.web.rendering import PageDep

router = APIRouter()

Node = Mapping[str, object]
_VERBS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or one property of a body."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb on one path."""

    verb: str
    path: str
    summary: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The operations on one noun."""

    noun: str
    operations: tuple[Operation, ...]


@router.get("/api/v1/docs", name="api_reference")
def api_reference(request: Request, page: PageDep, _: Annotated[Actor | None, PUBLIC]) -> Response:
    """Show every path, what it takes and what it says."""
    document = request.app.openapi()
    return page.render("reference.html", chapters=chapters(document))


def chapters(document: Node) -> tuple[Chapter, ...]:
    """The operations of an OpenAPI document by the first noun of their path."""
    found = sorted(_operations(document), key=lambda each: (_noun(each.path), each.path))
    return tuple(
        Chapter(noun, tuple(operations))
        for noun, operations in groupby(found, key=lambda each: _noun(each.path))
    )


def _operations(document: Node) -> Iterator[Operation]:
    for path, item in _node(document, "paths").items():
        for verb in _VERBS:
            if spoken := _node(cast(Node, item), verb):
                yield Operation(
                    verb.upper(),
                    path,
                    str(spoken.get("description") or spoken.get("summary", "")),
                    tuple(_parameters(spoken)),
                    tuple(_body(document, spoken)),
                )


def _parameters(operation: Node) -> Iterator[Field]:
    for parameter in cast(list[Node], operation.get("parameters", [])):
        if parameter["in"] in {"query", "path"}:
            kind = _kind(_node(parameter, "schema"))
            yield Field(str(parameter["name"]), kind, bool(parameter.get("required")))


def _body(document: Node, operation: Node) -> Iterator[Field]:
    content = _node(_node(operation, "requestBody"), "content")
    schema = _resolved(document, _node(_node(content, "application/json"), "schema"))
    required = cast(list[str], schema.get("required", []))
    for name, described in _node(schema, "properties").items():
        yield Field(name, _kind(cast(Node, described)), name in required)


def _resolved(document: Node, schema: Node) -> Node:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return _node(_node(_node(document, "components"), "schemas"), name) if name else schema


def _kind(schema: Node) -> str:
    if choices := cast(list[Node], schema.get("anyOf") or schema.get("oneOf") or []):
        return " | ".join(_kind(choice) for choice in choices)
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(value) for value in cast(list[object], schema["enum"]))
    if schema.get("type") == "array":
        return f"[{_kind(_node(schema, 'items'))}]"
    return str(schema.get("format") or schema.get("type") or "any")


def _noun(path: str) -> str:
    return path.removeprefix("/api/v1/").partition("/")[0]


def _node(parent: Node, name: str) -> Node:
    return cast(Node, parent.get(name) or {})
