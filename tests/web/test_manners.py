"""HEAD, the methods of a path, and bodies that are too large."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.testclient import TestClient


def pages_without_parts(app: FastAPI) -> list[str]:
    return [
        context.path
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, APIRoute)
        and "GET" in (route.methods or ())
        and context.path
        and "{" not in context.path
    ]


@pytest.mark.slow
def test_head_is_answered_like_get_without_a_body(client: TestClient) -> None:
    found = pages_without_parts(client.app)  # type: ignore[arg-type]  # Starlette's client
    assert {"/", "/healthz", "/readyz", "/instruments", "/api/v1/instruments"} <= set(found)
    for path in found:
        read, head = client.get(path), client.head(path)
        assert head.status_code == read.status_code, path
        assert head.content == b""
        names = ("content-type", "location", "cache-control")
        assert [head.headers.get(n) for n in names] == [read.headers.get(n) for n in names], path


def test_head_says_how_long_the_answer_would_be(client: TestClient) -> None:
    assert client.head("/healthz").headers["content-length"] == str(
        len(client.get("/healthz").content)
    )
    plain = {"accept-encoding": "identity"}
    page = client.get("/instruments", headers=plain)
    head = client.head("/instruments", headers=plain)
    assert head.headers["content-length"] == page.headers["content-length"]


def test_a_path_names_all_its_methods(client: TestClient, visitor: TestClient) -> None:
    refused = client.delete("/api/v1/instruments")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET, HEAD, POST"
    assert client.post("/api/v1/instruments/1").headers["allow"] == "GET, HEAD, PATCH"
    assert visitor.get("/plain").headers["allow"] == "POST"
    assert visitor.head("/plain").status_code == 405


def in_pieces() -> Iterator[bytes]:
    """A body that does not say how large it will be."""
    for _ in range(20):
        yield b'"' + b"1" * 10_000


def in_one_piece() -> bytes:
    return b"1" * 200_000


@pytest.mark.parametrize("body", [in_one_piece, in_pieces])
def test_too_much_is_refused_to_programs_as_a_problem(
    visitor: TestClient, body: Callable[[], bytes | Iterator[bytes]]
) -> None:
    refused = visitor.post("/api/v1/kinds", content=body())
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "http.too_large"
    assert "content-security-policy" in refused.headers


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_too_much_is_refused_to_people_on_a_page(
    visitor: TestClient, language: str, tag: str
) -> None:
    sent = {"purpose": "1" * 200_000}
    shown = visitor.post("/things", data=sent, headers={"accept-language": language})
    assert shown.status_code == 413
    assert f'<html lang="{tag}">' in shown.text
    part = visitor.post("/things", data=sent, headers={"hx-request": "true"})
    assert (part.status_code, part.headers["hx-retarget"]) == (413, "#problems")


@pytest.mark.parametrize(
    ("told", "status"),
    [("²".encode("latin-1"), 422), (b"\xd9\xa3", 422), (b"-1", 422), (b"9" * 5_000, 413)],
)
def test_a_length_that_is_none_is_no_fault_of_ours(
    visitor: TestClient, told: bytes, status: int
) -> None:
    sent = visitor.post("/things", content=b"x", headers={b"content-length": told})
    assert sent.status_code == status


@pytest.mark.parametrize("address", ["/uploads", "/plain"])
def test_only_routes_that_take_files_take_large_bodies(visitor: TestClient, address: str) -> None:
    sent = visitor.post(address, data={"purpose": "1" * 120_000})
    assert (sent.status_code == 413) == (address == "/plain")
