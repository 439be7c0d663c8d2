"""What changes while somebody looks: a stream that says which of some instruments changed."""

import asyncio
import re
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, still_there
from booking.accounts.identity import address_of
from booking.db.transactions import read_session
from booking.instruments.queries.watched import watched_by
from booking.kernel.networks import network_of
from booking.web.streams import Streams, open_stream

router = APIRouter()

# Tabs that nobody sees close theirs; a network may be a whole campus.
MOST_OF_PERSON: Final = 8
MOST_OF_NETWORK: Final = 60
_MOST: Final = 200
_IDS: Final = re.compile(r"\d{1,15}(,\d{1,15})*", re.ASCII)


@router.get("/live", name="live")
async def live(
    request: Request, visitor: Annotated[Actor | None, PUBLIC], instruments: str = ""
) -> Response:
    """`instruments=7,9`: those the reader may not know are left out, and with none left there is
    nothing to wait for (204, upon which browsers do not come again)."""
    return await asyncio.to_thread(
        _opened, request, visitor, _asked(instruments), loop=asyncio.get_running_loop()
    )


def _opened(
    request: Request, visitor: Actor | None, ids: frozenset[int], *, loop: asyncio.AbstractEventLoop
) -> Response:
    state = request.app.state
    with read_session(state.engine) as session:
        watched = watched_by(session, ids, visitor) if ids else {}
    if not watched:
        return Response(status_code=204)

    def may_stay() -> bool:
        now = still_there(request)
        if _id(now) != _id(visitor):
            return False
        with read_session(state.engine) as session:
            return watched_by(session, ids, now) == watched

    streams: Streams = state.streams
    who = f"person:{visitor.real_id}" if visitor else f"network:{network_of(address_of(request))}"
    most = MOST_OF_PERSON if visitor else MOST_OF_NETWORK
    return open_stream(streams, watched, holder=who, most=most, may_stay=may_stay, loop=loop)


def _asked(text: str) -> frozenset[int]:
    if not _IDS.fullmatch(text):
        return frozenset()
    return frozenset(int(one) for one in text.split(",")[:_MOST])


def _id(actor: Actor | None) -> tuple[int, int] | None:
    return (actor.id, actor.real_id) if actor else None
