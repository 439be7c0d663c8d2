"""One hour of the week: how each instrument spent it, and what was asked for then in vain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.utilisation.forms import Narrowed, asked_by
from booking.utilisation.queries.kept import Owned
from booking.utilisation.queries.owners import owners_in_sight
from booking.utilisation.report.pooled import By
from booking.utilisation.report.unmet import unmet_in_sight
from booking.utilisation.report.week import hour_in, looked_at
from booking.utilisation.routes.drawing import hour_words
from booking.utilisation.routes.report import narrowing
from booking.utilisation.rules.unmet import Sum
from booking.utilisation.rules.waterfall import Waterfall
from booking.web.clock import ClockDep
from booking.web.filters import localised
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()


class HourAsked(Narrowed):
    """Which hour of the week; Monday is 0."""

    weekday: Annotated[int, Field(ge=0, le=6)] = 0
    hour: Annotated[int, Field(ge=0, le=23)] = 0


@dataclass(frozen=True, slots=True)
class Line:
    """An instrument in that hour."""

    instrument_id: int
    name: str
    water: Waterfall
    lost: Sum


@router.get("/utilisation/hour", name="utilisation_hour")
def utilisation_hour(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    wanted: Annotated[HourAsked, Query()],
    reader: Annotated[Actor, requires(Permission.UTILISATION_READ)],
) -> Response:
    """What stands behind a cell of the week, instrument by instrument."""
    now, at = clock.now(), (wanted.weekday, wanted.hour)
    one = wanted.model_copy(update={"by": By.INSTRUMENT})
    asked = asked_by(reader, one, now=now)
    looked = looked_at(session, asked, now=now)
    ranks = unmet_in_sight(session, asked, hour=at).ranks if looked else []
    lines = _lines(
        owners_in_sight(session, asked.sight),
        hour_in(looked or [], at),
        {int(rank.key): rank.lost for rank in ranks},
    )
    return page.render(
        "utilisation/hour.html",
        lines=lines,
        water=sum((line.water for line in lines), Waterfall()),
        lost=sum((line.lost for line in lines), Sum()),
        too_many=looked is None,
        hour=hour_words(*at),
        at={"weekday": at[0], "hour": at[1]},
        period=asked.period,
        narrowed=narrowing(wanted),
    )


def _lines(
    owners: Mapping[int, Owned], waters: Mapping[int, Waterfall], lost: Mapping[int, Sum]
) -> list[Line]:
    """The most used first."""
    lines = [
        Line(
            key,
            localised(owners[key].name, owners[key].name_en),
            waters.get(key, Waterfall()),
            lost.get(key, Sum()),
        )
        for key in sorted({*waters, *lost})
    ]
    return sorted(lines, key=lambda line: -line.water.used)
