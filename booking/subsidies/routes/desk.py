"""Pages: the settlement desk, a month as a line of steps, and a year at a glance."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import (
    Swept,
    approve_settlement,
    lock_settlement,
    publish_settlement,
)
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.exports.files import payments_file
from booking.subsidies.exports.tables import reason_words
from booking.subsidies.forms import read_period
from booking.subsidies.queries.differences import differences_of
from booking.subsidies.queries.settlements import settlement_view, settlements
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.queries.years import budgets_of, months_missing, periods_of
from booking.subsidies.report.desk import desk_of
from booking.subsidies.rules.amount_in_words import amount_in_words
from booking.subsidies.rules.explanation import tongue_of
from booking.subsidies.states import STATEMENT_ORDER, StatementState
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, XLSX, download
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Manager = Annotated[Actor, requires(Permission.SETTLEMENT_MANAGE)]
Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]
Approver = Annotated[Actor, requires(Permission.SETTLEMENT_APPROVE)]
_MONTHS_SHOWN = 13


@dataclass(frozen=True, slots=True)
class Month:
    """A month that may be settled, and its settlement where there is one."""

    code: str
    settled: bool
    statements: int
    payable_fen: int


@router.get("/settlements", name="settlements")
def index(session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """The months, newest first; the others that were settled below."""
    known = {row.period: row for row in settlements(session)}
    codes = dict.fromkeys([*_recent_months(local(clock.now()).date().replace(day=1)), *known])
    months = [
        Month(code, code in known, known[code].statements, known[code].payable_fen)
        if code in known
        else Month(code, settled=False, statements=0, payable_fen=0)
        for code in codes
    ]
    return page.render(
        "subsidies/settlements.html",
        months=months,
        year=local(clock.now()).year,
        manages=actor.may(Permission.SETTLEMENT_MANAGE),
    )


@router.get("/settlements/{period}/payments.{kind}", name="payments_file")
def payments(period: str, kind: str, session: Reading, actor: Manager) -> Response:
    """兑付清单 of a period."""
    name, content = payments_file(settlement_view(session, read_period(period).code), kind)
    return download(content, filename=name, media_type=XLSX if kind == "xlsx" else CSV)


@router.get("/settlements/years/{year}", name="settlement_year")
def year_desk(
    year: Annotated[int, Path(ge=2000, le=2999)],
    session: Reading,
    page: PageDep,
    actor: Reader,
) -> Response:
    """What of a year is open: periods, and what its programmes have given out."""
    rows = periods_of(session, date(year, 1, 1), date(year + 1, 1, 1))
    return page.render(
        "subsidies/year.html",
        year=year,
        rows=rows,
        missing=months_missing(rows, year),
        budgets=budgets_of(session, year),
        states=list(STATEMENT_ORDER),
    )


@router.get("/settlements/{period}", name="settlement")
def desk(
    period: str,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Reader,
    statement: Annotated[str | None, Query(max_length=32)] = None,
) -> Response:
    """One period: steps, sums, statements, and how one of them was reckoned."""
    return page.render(
        "subsidies/desk.html",
        fragment="reckoned",
        **_shown(session, read_period(period), clock, actor=actor, statement=statement),
    )


@router.post("/settlements/{period}", name="settle")
def settle(
    period: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    """Draw the period up, or up again while nothing is locked."""
    asked = read_period(period)
    settle_period(uow, asked, actor_id=actor.known_id, now=clock.now())
    return page.redirect("settlement", asked.code)


@router.post("/settlements/{period}/lock", name="lock_settlement")
def lock_all(
    period: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    """Lock every draft."""
    asked = read_period(period)
    lock_settlement(uow, asked.code, actor_id=actor.known_id, now=clock.now())
    return page.redirect("settlement", asked.code)


@router.post("/settlements/{period}/publication", name="publish_settlement")
def publish_all(
    period: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    """Publish every locked statement; who cannot be is named."""
    asked = read_period(period)
    swept = publish_settlement(uow, asked.code, actor_id=actor.known_id, now=clock.now())
    return _after(swept, uow, page, clock=clock, actor=actor, period=asked)


@router.post("/settlements/{period}/approval", name="approve_settlement")
def approve_all(
    period: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Approver
) -> Response:
    """Approve every statement whose publicity is over; who cannot be is named."""
    asked = read_period(period)
    swept = approve_settlement(uow, asked.code, actor_id=actor.known_id, now=clock.now())
    return _after(swept, uow, page, clock=clock, actor=actor, period=asked)


def _after(
    swept: Swept,
    uow: Transaction,
    page: PageDep,
    *,
    clock: ClockDep,
    actor: Actor,
    period: Period,
) -> Response:
    """Back to the desk; when some were refused, the desk says which and why."""
    if not swept.refused:
        return page.redirect("settlement", period.code)
    uow.session.flush()
    shown = _shown(uow.session, period, clock, actor=actor, statement=None)
    return page.render("subsidies/desk.html", **{**shown, "swept": swept})


def _shown(
    session: Session, period: Period, clock: ClockDep, *, actor: Actor, statement: str | None
) -> dict[str, Any]:
    found = desk_of(session, period, local(clock.now()).date())
    rows, view = found.rows, found.view
    return {
        "period": period.code,
        "view": view,
        "desk": found,
        "drafts": found.counts[StatementState.DRAFT],
        "locked": found.counts[StatementState.LOCKED],
        "in_words": amount_in_words(view.totals["payable_fen"]) if view else "",
        "chosen": next((r for r in rows if r.number == statement), rows[0] if rows else None),
        "remarks": {row.number: remarks_of(row) for row in rows},
        "differences": differences_of(session, period.code),
        "manages": actor.may(Permission.SETTLEMENT_MANAGE),
        "approves": actor.may(Permission.SETTLEMENT_APPROVE),
        "year": period.last.year,
        "swept": None,
    }


def remarks_of(row: StatementRow) -> str:
    """What finance should look at, in a few words."""
    between = "、" if language() != "en" else ", "
    tongue = tongue_of(language())
    return between.join(reason_words(reason, tongue) for reason in row.remarks)


def _recent_months(first: object) -> list[str]:
    month, codes = Period.month(first), []  # type: ignore[arg-type]
    for _ in range(_MONTHS_SHOWN):
        codes.append(month.code)
        month = Period.month(month.first.fromordinal(month.first.toordinal() - 1))
    return codes
