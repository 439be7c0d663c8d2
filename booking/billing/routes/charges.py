"""Pages: charges of my organisation or my lab, one charge line by line, the list as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.billing.forms import period_span
from booking.billing.models import ChargeKind
from booking.billing.queries.charges import (
    ChargeRow,
    Wanted,
    charge_seen_by,
    charges_seen_by,
    total_seen_by,
)
from booking.billing.queries.standing import corrections_of
from booking.billing.routes.adjustments import CHARGE_PAGE, charge_shown
from booking.db.transactions import read_session
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.web.downloads import CSV, Cell, csv_lines, streamed
from booking.web.forms import blank
from booking.web.i18n import gettext, language, speak
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.words import words

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.CHARGE_READ)]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address narrows the list to; the export takes the same."""

    period: str
    kind: str

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            span=period_span(self.period), kind=ChargeKind(self.kind) if self.kind else None
        )


def read_filter(
    period: Annotated[str, Query(max_length=8)] = "",
    kind: Annotated[str, Query(pattern="^(use|late_cancellation|no_show|overrun)?$")] = "",
) -> Filter:
    """The list's filter."""
    return Filter(period, kind)


FilterDep = Annotated[Filter, Depends(read_filter)]


@router.get("/charges", name="charges")
def charges(
    session: Reading, page: PageDep, window: WindowDep, chosen: FilterDep, actor: Reader
) -> Response:
    """What we owe or are owed, newest first."""
    wanted = chosen.wanted
    rows = charges_seen_by(session, actor, wanted, before_id=window.after_id, limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.id,))
    return page.render(
        "billing/charges.html",
        cut=cut,
        corrections=corrections_of(session, [row.id for row in cut.items]),
        total=total_seen_by(session, actor, wanted),
        chosen=chosen,
        form=blank(period=chosen.period, kind=chosen.kind),
        kinds=list(ChargeKind),
        paging_on=window.after is not None,
    )


@router.get("/charges.csv", name="charges_csv")
def charges_csv(request: Request, chosen: FilterDep, actor: Reader) -> Response:
    """The whole list as a file."""
    header = [
        gettext("Number"),
        gettext("For"),
        gettext("Booking"),
        gettext("Instrument"),
        gettext("User organisation"),
        gettext("Provider"),
        gettext("From"),
        gettext("Until"),
        gettext("Final since"),
        gettext("Amount (yuan)"),
        gettext("Corrections (yuan)"),
        gettext("Owed (yuan)"),
    ]
    rows = _rows(request, actor, chosen.wanted)
    spoken = language()
    lines = csv_lines(header, (_cells(row, spoken) for row in rows))
    return streamed(lines, filename=f"charges-{chosen.period or 'all'}.csv", media_type=CSV)


@router.get("/charges/{number}", name="charge")
def charge(number: str, session: Reading, page: PageDep, actor: Reader) -> Response:
    """One charge: its lines, and the terms they came from."""
    found = charge_seen_by(session, number, actor)
    form = blank(amount=yuan(found.total_fen))
    return page.render(CHARGE_PAGE, form=form, **charge_shown(session, found, actor))


def _rows(request: Request, actor: Actor, wanted: Wanted) -> Iterator[ChargeRow]:
    """All of them, piece by piece, in a session that lives as long as the download."""
    with read_session(request.app.state.read_engine) as session:
        before_id = None
        while rows := charges_seen_by(session, actor, wanted, before_id=before_id, limit=_AT_ONCE):
            yield from rows
            before_id = rows[-1].id


def _cells(row: ChargeRow, spoken: str) -> list[Cell]:
    # The body is written after the answer began: the language is no longer known by itself.
    speak("en" if spoken == "en" else "zh_CN")
    times = (row.service.start, row.service.end, row.confirmed_at)
    return [
        row.number,
        words(row.kind),
        row.reservation_number,
        row.instrument_name,
        row.organisation_name,
        row.provider_name,
        *(f"{local(moment):%Y-%m-%d %H:%M}" for moment in times),
        *(Decimal(yuan(fen)) for fen in (row.amount_fen, row.entered_fen, row.total_fen)),
    ]
