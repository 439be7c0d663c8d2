"""Pages: what banks are exposed to, and the same as a file."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.loans.queries.exposure import exposure_on
from booking.loans.report import promised_on
from booking.loans.rules.exposure import Exposure
from booking.loans.rules.promises import hours_text
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, Cell, csv_lines, streamed
from booking.web.i18n import gettext
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

# Promise years that ended within a year are still shown.
_YEAR: Final = 366

Reader = Annotated[Actor, requires(Permission.LENDING_READ)]


@router.get("/loan-exposure", name="loan_exposure")
def index(session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """Limits, what is drawn and what is overdue, bank by bank."""
    today = local(clock.now()).date()
    promised = promised_on(session, today, back=_YEAR)
    sums = exposure_on(session, today)
    return page.render("loans/exposure.html", sums=sums, promised=promised, today=today)


@router.get("/loan-exposure.csv", name="loan_exposure_csv")
def as_csv(session: Reading, clock: ClockDep, actor: Reader) -> Response:
    """The same as a file."""
    today = local(clock.now()).date()
    headings = [
        *(gettext("Lending bank"), gettext("Credit lines"), gettext("Limit")),
        *(gettext("Owed today"), gettext("Available"), gettext("Overdue lines")),
        *(gettext("Owed on overdue lines"), gettext("Beyond corrected charges")),
        *(gettext("Loans short of hours"), gettext("Hours short")),
    ]
    lines = csv_lines(headings, map(_cells, exposure_on(session, today)))
    return streamed(lines, filename=f"贷款敞口-{today}.csv", media_type=CSV)


def _cells(one: Exposure) -> Sequence[Cell]:
    amounts = (one.limit_fen, one.owed_fen, one.available_fen)
    told = [yuan(amount) for amount in amounts]
    late = (one.overdue_lines, yuan(one.overdue_fen), yuan(one.beyond_fen))
    return (one.bank, one.lines, *told, *late, one.short_loans, hours_text(one.short_hours))
