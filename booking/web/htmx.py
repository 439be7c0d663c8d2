"""What htmx says in request headers, and what it understands in answers."""

import json
from collections.abc import Mapping

from fastapi import Request, Response


def is_htmx(request: Request) -> bool:
    """Whether htmx, not the browser itself, sent this."""
    return request.headers.get("HX-Request") == "true"


def wants_fragment(request: Request) -> bool:
    """Whether only a part of the page is asked for: not a boosted visit, not a history restore."""
    headers = request.headers
    return (
        is_htmx(request)
        and "HX-Boosted" not in headers
        and "HX-History-Restore-Request" not in headers
    )


def trigger(response: Response, events: Mapping[str, object]) -> None:
    """Let the browser fire these events; ASCII JSON, because headers are latin-1."""
    response.headers["HX-Trigger"] = json.dumps(events)
