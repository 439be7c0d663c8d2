"""Pages: programmes tried on a past period beside today's, and what was kept of that."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.subsidies.actions.simulate import AT_ONCE, Asked, asked_for, count_uses, keep, what_if
from booking.subsidies.errors import NothingChosen
from booking.subsidies.forms import WhatIfForm, read_period
from booking.subsidies.queries.programmes import versions
from booking.subsidies.queries.simulations import simulation_view, simulations
from booking.subsidies.routes import budgets
from booking.subsidies.routes.trial_shown import shown
from booking.subsidies.rules.explanation import tongue_of
from booking.web.clock import ClockDep
from booking.web.formats import period_text
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction
from booking.web.words import words

router = APIRouter()
router.include_router(budgets.router)

Keeper = Annotated[Actor, requires(Permission.PROGRAMME_MANAGE)]
Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]
Chosen = Annotated[list[str] | None, Query(max_length=20)]
_PAGE: Final = "subsidies/what_if.html"
_MONTHS, _YEARS = 12, 3


@router.get("/what-if", name="what_if")
def try_out(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
    programme: Chosen = None,
    period: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """What is chosen in the address, tried; nothing is stored."""
    given = _given(session, clock.now())
    form = blank(programme=programme or [], period=period or given["periods"][0][0])
    if not programme:
        return page.render(_PAGE, form=form, found=None, large=0, **given)
    page.if_refused(_PAGE, form=form, found=None, large=0, **given)
    asked = _asked(session, programme, period)
    uses = count_uses(session, asked, now=clock.now())
    found = shown(session, what_if(session, asked)) if uses <= AT_ONCE else None
    return page.render(_PAGE, form=form, found=found, large=0 if found else uses, **given)


@router.get("/simulations", name="simulations")
def index(session: Reading, page: PageDep, actor: Reader) -> Response:
    """What was kept."""
    return page.render(
        "subsidies/simulations.html",
        rows=simulations(session),
        manages=actor.may(Permission.PROGRAMME_MANAGE),
    )


@router.post("/simulations", name="keep_simulation")
def keep_one(
    form: Annotated[Filled[WhatIfForm], filled_in(WhatIfForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Keep a trial under its hash; a large one is reckoned in the background."""
    given = _given(uow.session, clock.now())
    page.if_refused(_PAGE, form=form, found=None, large=0, **given)
    asked = _asked(uow.session, form.checked.programme, form.checked.period)
    row = keep(uow, asked, actor_id=actor.known_id, now=clock.now())
    return page.redirect("simulation", row.key)


@router.get("/simulations/{simulation_id}", name="simulation")
def show(simulation_id: int, session: Reading, page: PageDep, actor: Reader) -> Response:
    """One that was kept: how far it is, then what it says."""
    view = simulation_view(session, simulation_id)
    return page.render(
        "subsidies/simulation.html",
        fragment="progress",
        row=view.row,
        found=shown(session, view.result) if view.result else None,
    )


def _asked(session: Session, chosen: Sequence[str], period: str) -> Asked:
    if not chosen:
        raise NothingChosen()
    pairs = [one.rpartition(":") for one in chosen]
    wanted: list[dict[str, Any]] = [
        {"id": code, "version": int(version) if version.isdecimal() else 0}
        for code, _, version in pairs
    ]
    return asked_for(session, read_period(period), wanted)


def _given(session: Session, now: datetime) -> dict[str, Any]:
    """What may be chosen: every version that was entered, and periods that have begun."""
    tongue = tongue_of(language())
    programmes = [
        (
            f"{row.code}:{row.version}",
            f"{row.programme.name[tongue] or row.code} · {row.code} v{row.version} · "
            f"{words(row.state)}",
        )
        for row in versions(session)
    ]
    return {"programmes": programmes, "periods": _periods(local(now).date())}


def _periods(today: date) -> list[tuple[str, str]]:
    """The last months, quarters, calendar and academic years, the running ones included."""
    codes = [Period.month(today).code]
    for _ in range(_MONTHS):
        first = Period.parse(codes[-1]).first
        codes.append(Period.month(date.fromordinal(first.toordinal() - 1)).code)
    year, quarter = today.year, (today.month + 2) // 3
    quarters = [(year * 4 + quarter - 1 - back) for back in range(5)]
    codes += [f"{number // 4}-Q{number % 4 + 1}" for number in quarters]
    codes += [f"{year - back}" for back in range(_YEARS)]
    begun = year if today.month >= 9 else year - 1
    codes += [f"AY{begun - back}" for back in range(_YEARS)]
    return [(code, period_text(code)) for code in codes]
