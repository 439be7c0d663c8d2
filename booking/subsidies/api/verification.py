"""JSON: is this the statement that was locked? Open to everybody."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.subsidies.queries.issued import verified
from booking.web.transactions import Reading

router = APIRouter(tags=["settlements"])


@router.get("/verifications/{number}")
def verify(
    number: str,
    session: Reading,
    visitor: Annotated[Actor | None, PUBLIC],
    sha256: Annotated[str, Query(min_length=64, max_length=64)],
) -> JSONResponse:
    """Whether a statement was locked with this hash, or given out as a file that has it.

    `genuine` is true of a revision that was replaced since, `current` only of the one in force.
    """
    found = verified(session, number, sha256.lower())
    if found is None:
        return JSONResponse({"number": number, "genuine": False, "current": False})
    return JSONResponse(
        {
            "number": found.number,
            "genuine": True,
            "current": found.is_current,
            "revision": found.revision,
            "period": found.period,
            "locked_on": found.locked_on.isoformat(),
            "state": found.state.value if found.is_current else None,
        }
    )
