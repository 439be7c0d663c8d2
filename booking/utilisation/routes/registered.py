"""From the rate of filing to the instruments that are due."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.utilisation.forms import Narrowed, asked_by
from booking.utilisation.report.pooled import By
from booking.utilisation.report.registered import registered_by
from booking.utilisation.routes.report import narrowing
from booking.web.clock import ClockDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.UTILISATION_READ)]
SHOWN: Final = 200


class Paged(Narrowed):
    """How many are left out at the beginning."""

    skip: Annotated[int, Query(ge=0, le=10**6)] = 0


@router.get("/utilisation/filing", name="filing_behind")
def filing_behind(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    wanted: Annotated[Paged, Query()],
    actor: Reader,
) -> Response:
    """Each instrument that has to be filed with the national platform, and whether it is."""
    of_each = wanted.model_copy(update={"by": By.INSTRUMENT})
    asked = asked_by(actor, of_each, now=clock.now())
    found = registered_by(session, asked, now=clock.now())
    further = wanted.skip + SHOWN
    return page.render(
        "utilisation/registered.html",
        lines=found[wanted.skip : further],
        due=len(found),
        filed=sum(one.filed for one in found),
        period=asked.period.code,
        narrowed={**narrowing(wanted), "period": asked.period.code},
        skip=wanted.skip,
        further=further if further < len(found) else None,
    )
