"""Pages: the accounts with what they hold, one account entry by entry, both as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.engine import Engine

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.db.transactions import read_session
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.ledger.exports import BEANCOUNT, account_name, beancount
from booking.ledger.forms import period_named
from booking.ledger.models import AccountKind
from booking.ledger.queries.pages import (
    PostedRow,
    account_of,
    accounts,
    entries_of_account,
)
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, Cell, csv_bytes, csv_lines, download, streamed
from booking.web.forms import blank
from booking.web.i18n import gettext
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.words import words

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.LEDGER_READ)]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address narrows the ledger to; the files take the same."""

    period: str
    kind: str

    @property
    def span(self) -> TimeSpan | None:
        found = period_named(self.period)
        return found.span if found else None

    @property
    def of_kind(self) -> AccountKind | None:
        return AccountKind(self.kind) if self.kind else None


def read_filter(
    period: Annotated[str, Query(max_length=8)] = "",
    kind: Annotated[
        str, Query(pattern="^(" + "|".join(one.value for one in AccountKind) + ")?$")
    ] = "",
) -> Chosen:
    """The filter of the address."""
    return Chosen(period, kind)


ChosenDep = Annotated[Chosen, Depends(read_filter)]


@router.get("/ledger", name="ledger")
def ledger(session: Reading, page: PageDep, chosen: ChosenDep, actor: Reader) -> Response:
    """Every account: what it held before the period, what moved, what it holds after."""
    return page.render(
        "ledger/accounts.html",
        rows=accounts(session, chosen.span, kind=chosen.of_kind),
        chosen=chosen,
        kinds=list(AccountKind),
        form=blank(period=chosen.period, kind=chosen.kind),
    )


@router.get("/ledger.csv", name="ledger_csv")
def ledger_csv(session: Reading, chosen: ChosenDep, actor: Reader) -> Response:
    """The same as a table."""
    header = [
        gettext("Account"),
        gettext("Owner"),
        gettext("Before (yuan)"),
        gettext("Debit (yuan)"),
        gettext("Credit (yuan)"),
        gettext("After (yuan)"),
    ]
    rows: list[list[Cell]] = [
        [
            words(row.kind),
            row.owner,
            *(
                Decimal(yuan(fen))
                for fen in (row.opening_fen, row.debit_fen, row.credit_fen, row.closing_fen)
            ),
        ]
        for row in accounts(session, chosen.span, kind=chosen.of_kind)
    ]
    name = f"ledger-{chosen.period or 'all'}.csv"
    return download(csv_bytes(header, rows), filename=name, media_type=CSV)


@router.get("/ledger.beancount", name="ledger_beancount")
def ledger_beancount(
    request: Request, chosen: ChosenDep, clock: ClockDep, actor: Reader
) -> Response:
    """A period for accounting tools; this month unless another is asked for."""
    period = period_named(chosen.period) or Period.month_at(clock.now())
    engine: Engine = request.app.state.read_engine

    def pieces() -> Iterator[bytes]:
        with read_session(engine) as session:
            yield from beancount(session, period)

    return streamed(pieces(), filename=f"ledger-{period.code}.beancount", media_type=BEANCOUNT)


@router.get("/ledger/accounts/{account_id}", name="ledger_account")
def account(
    account_id: int,
    session: Reading,
    page: PageDep,
    window: WindowDep,
    chosen: ChosenDep,
    actor: Reader,
) -> Response:
    """One account, newest entry first."""
    found = account_of(session, account_id, chosen.span)
    rows = entries_of_account(
        session, account_id, chosen.span, before_id=window.after_id, limit=window.take
    )
    return page.render(
        "ledger/account.html",
        account=found,
        name=account_name(found),
        cut=window.cut(rows, key=lambda row: (row.id,)),
        chosen=chosen,
        form=blank(period=chosen.period),
        paging_on=window.after is not None,
    )


@router.get("/ledger/accounts/{account_id}/entries.csv", name="ledger_account_csv")
def account_csv(
    account_id: int, request: Request, session: Reading, chosen: ChosenDep, actor: Reader
) -> Response:
    """All its entries of the period."""
    account_of(session, account_id)
    header = [gettext("Time"), gettext("Reference"), gettext("Memo"), gettext("Amount (yuan)")]
    engine: Engine = request.app.state.read_engine
    lines = csv_lines(header, (_cells(row) for row in _all(engine, account_id, chosen.span)))
    name = f"account-{account_id}-{chosen.period or 'all'}.csv"
    return streamed(lines, filename=name, media_type=CSV)


def _all(engine: Engine, account_id: int, span: TimeSpan | None) -> Iterator[PostedRow]:
    with read_session(engine) as session:
        before_id = None
        while rows := entries_of_account(
            session, account_id, span, before_id=before_id, limit=_AT_ONCE
        ):
            yield from rows
            before_id = rows[-1].id


def _cells(row: PostedRow) -> list[Cell]:
    at = f"{local(row.at):%Y-%m-%d %H:%M}"
    return [at, row.reference, row.memo, Decimal(yuan(row.amount_fen))]
