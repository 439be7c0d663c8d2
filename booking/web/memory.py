"""What an application remembers between requests, under a name: copies, never the truth."""

from collections.abc import Callable
from typing import TypeVar, cast

from fastapi import Request

T = TypeVar("T")


def memory(name: str, make: Callable[[], T]) -> Callable[[Request], T]:
    """A dependency: what this name stands for, made when it is first asked for."""

    def remembered(request: Request) -> T:
        state = request.app.state
        if not hasattr(state, "memories"):
            state.memories = {}
        return cast(T, state.memories.setdefault(name, make()))

    return remembered
