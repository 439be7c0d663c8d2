"""What the application remembers of instruments between requests: a copy, never the truth."""

from typing import Annotated, cast

from fastapi import Depends, Request

from booking.instruments.queries.remembered import Memory


def memory_of(request: Request) -> Memory:
    """The memory of this application; an empty one when there is none yet."""
    state = request.app.state
    if not hasattr(state, "slot_memory"):
        state.slot_memory = {}
    return cast(Memory, state.slot_memory)


MemoryDep = Annotated[Memory, Depends(memory_of)]
