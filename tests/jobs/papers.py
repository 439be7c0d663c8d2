"""Money whose reckoning and files wait for the clock: a what-if; statements to be hashed, written
into one, forgotten."""

from datetime import date, timedelta

from sqlmodel import select

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.subsidies.actions.export_statements import ask_for_export
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.jobs.exporting import KEPT_FOR
from booking.subsidies.models.issued import StatementExport
from booking.subsidies.models.simulation import Simulation
from booking.subsidies.models.statement import Settlement
from booking.subsidies.states import ExportState
from tests.factories.organisations import make_organisation
from tests.factories.settled_uses import make_programme, settled_use
from tests.factories.vouchers import make_voucher
from tests.jobs.outage import STOPPED
from tests.subsidies.requests import programme


def a_locked_month(uow: UnitOfWork) -> None:
    """A statement that was locked, and a month that somebody wants as one file, and that was
    overtaken."""
    make_programme(uow, programme("PAPERS", valid={"from": "2026-10-01", "to": "2026-10-31"}))
    settled_use(uow, make_organisation(uow, verified=True), ended="2026-10-09T16:00")
    settle_period(uow, Period.parse("2026-10"), actor_id=None, now=STOPPED)
    lock_settlement(uow, "2026-10", actor_id=None, now=STOPPED)
    uow.session.exec(select(Settlement)).one().stale_at = STOPPED
    ask_for_export(uow, "2026-10", "zh", actor=HOUSE, now=STOPPED)


def vouchers_that_end(uow: UnitOfWork) -> None:
    """One ends tonight; of the other its company is told thirty days before."""
    company = make_organisation(uow)
    for last in (date(2026, 11, 30), date(2026, 12, 31)):
        make_voucher(uow, company.key, valid_to=last)


def an_old_export(uow: UnitOfWork) -> None:
    """One that nobody will fetch any more."""
    ended = STOPPED - KEPT_FOR - timedelta(hours=1)
    row = StatementExport(
        period="2026-09",
        language="zh",
        state=ExportState.DONE,
        draft="",
        asked_at=ended,
        ended_at=ended,
    )
    uow.session.add(row)


def a_what_if(uow: UnitOfWork) -> None:
    """One that is too large to wait for."""
    row = Simulation(
        period="2026-09",
        asked={"programmes": [programme("WHAT-IF")], "joint_caps": []},
        total=1,
        asked_at=STOPPED,
    )
    uow.session.add(row)
