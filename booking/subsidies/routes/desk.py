"""Pages: the settlement desk, a month as a line of steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.exports.files import payments_file
from booking.subsidies.exports.tables import reason_words
from booking.subsidies.forms import read_period
from booking.subsidies.queries.settlements import (
    SettlementView,
    settlement_view,
    settlements,
    unconfirmed_uses,
)
from booking.subsidies.queries.statements import StatementRow
from booking.subsidies.rules.amount_in_words import amount_in_words
from booking.subsidies.rules.explanation import tongue_of
from booking.subsidies.states import STATEMENT_ORDER, StatementState
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, XLSX, download
from booking.web.i18n import gettext, language
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction
from booking.web.words import words

router = APIRouter()

Manager = Annotated[Actor, requires(Permission.SETTLEMENT_MANAGE)]
Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]
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
        manages=actor.may(Permission.SETTLEMENT_MANAGE),
    )


@router.get("/settlements/{period}/payments.{kind}", name="payments_file")
def payments(period: str, kind: str, session: Reading, actor: Manager) -> Response:
    """兑付清单 of a period."""
    name, content = payments_file(settlement_view(session, read_period(period).code), kind)
    return download(content, filename=name, media_type=XLSX if kind == "xlsx" else CSV)


@router.get("/settlements/{period}", name="settlement")
def desk(
    period: str,
    session: Reading,
    page: PageDep,
    actor: Reader,
    statement: Annotated[str | None, Query(max_length=32)] = None,
) -> Response:
    """One period: steps, sums, statements, and how one of them was reckoned."""
    asked = read_period(period)
    view = _view(session, asked)
    rows = view.statements if view else []
    chosen = next((row for row in rows if row.number == statement), rows[0] if rows else None)
    return page.render(
        "subsidies/desk.html",
        fragment="reckoned",
        period=asked.code,
        view=view,
        steps=_steps(view, waiting=unconfirmed_uses(session, asked)),
        drafts=sum(row.state is StatementState.DRAFT for row in rows),
        in_words=amount_in_words(view.totals["payable_fen"]) if view else "",
        chosen=chosen,
        remarks={row.number: remarks_of(row) for row in rows},
        manages=actor.may(Permission.SETTLEMENT_MANAGE),
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


def remarks_of(row: StatementRow) -> str:
    """What finance should look at, in a few words."""
    between = "、" if language() != "en" else ", "
    tongue = tongue_of(language())
    return between.join(reason_words(reason, tongue) for reason in row.remarks)


def _view(session: Reading, period: Period) -> SettlementView | None:
    try:
        return settlement_view(session, period.code)
    except NotFound:
        return None


def _recent_months(first: object) -> list[str]:
    month, codes = Period.month(first), []  # type: ignore[arg-type]
    for _ in range(_MONTHS_SHOWN):
        codes.append(month.code)
        month = Period.month(month.first.fromordinal(month.first.toordinal() - 1))
    return codes


def _steps(view: SettlementView | None, *, waiting: int) -> Sequence[tuple[str, str, str]]:
    """Each step with its count and whether it is done, current, or to come."""
    complete = gettext("%(count)s uses wait for confirmation") % {"count": waiting}
    steps = [(gettext("Records"), complete, "done" if view or not waiting else "now")]
    note = gettext("%(count)s statements") % {"count": len(view.statements) if view else 0}
    steps.append((gettext("Reckon"), note, "done" if view else "now"))
    for state, past in zip(STATEMENT_ORDER[1:], STATEMENT_ORDER, strict=False):
        steps.append(_step(view, state, past))
    return steps


def _step(
    view: SettlementView | None, state: StatementState, past: StatementState
) -> tuple[str, str, str]:
    rows = view.statements if view else []
    reached = sum(STATEMENT_ORDER.index(row.state) >= STATEMENT_ORDER.index(state) for row in rows)
    here = sum(row.state is past for row in rows)
    mark = "done" if rows and reached == len(rows) else "now" if here else "todo"
    note = gettext("%(count)s of %(all)s") % {"count": reached, "all": len(rows)}
    return words(state), note if rows else "", mark
