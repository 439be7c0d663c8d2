"""The clock that a door passes on as `now`."""

from typing import Annotated, cast

from fastapi import Depends, Request

from booking.kernel.clock import Clock


async def the_clock(request: Request) -> Clock:
    """The clock this application was made with; async only to spare a change of threads."""
    return cast(Clock, request.app.state.clock)


ClockDep = Annotated[Clock, Depends(the_clock)]
