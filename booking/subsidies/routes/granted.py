"""From a figure of utilisation to the lines of statements that it is the sum of."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.errors import Forbidden
from booking.subsidies.queries.granted import LockedGrants, lines_granted
from booking.utilisation.forms import Narrowed, asked_by
from booking.utilisation.queries.kept import ids_in_sight
from booking.utilisation.report.pooled import By
from booking.utilisation.report.reading import sees_subsidy
from booking.web.clock import ClockDep
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()


@router.get("/utilisation/subsidies", name="subsidies_granted")
def granted(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    wanted: Annotated[Narrowed, Query()],
    actor: Annotated[Actor, requires(Permission.STATEMENT_READ)],
) -> Response:
    """Line by line what programmes paid for uses of some instruments in a period."""
    if not sees_subsidy(actor):
        raise Forbidden(permission=Permission.STATEMENT_READ.value)
    of_each = wanted.model_copy(update={"by": By.INSTRUMENT})
    asked = asked_by(actor, of_each, now=clock.now())
    ids = ids_in_sight(asked.sight)
    sums = LockedGrants().granted(session, asked.period, ids)
    place = window.place(date, int)
    rows = lines_granted(session, asked.period, ids, after=place, take=window.take)
    narrowed = wanted.model_dump(exclude={"by", "first", "last"}, exclude_defaults=True)
    return page.render(
        "subsidies/granted.html",
        cut=window.cut(rows, key=lambda row: (row.day, row.id)),
        total_fen=sum(sums.values()),
        period=asked.period.code,
        narrowed={**narrowed, "period": asked.period.code},
        paging_on=window.after is not None,
    )
