"""What an application remembers between requests, under a name: copies, never the truth."""

from collections.abc import Callable
from typing import Any

from fastapi import Request


def memory(name: str) -> Callable[[Request], dict[Any, Any]]:
    """A dependency: the dictionary of this name, empty when the application starts."""

    def remembered(request: Request) -> dict[Any, Any]:
        state = request.app.state
        if not hasattr(state, "memories"):
            state.memories = {}
        found: dict[Any, Any] = state.memories.setdefault(name, {})
        return found

    return remembered
