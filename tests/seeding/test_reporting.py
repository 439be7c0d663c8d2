"""In its present days the demo has a quarter that was reported, and one that is due."""

from sqlmodel import select

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.seeding.registering import Register
from booking.seeding.reporting import PROJECT, report_quarter
from booking.utilisation.models import ReportFiling
from booking.utilisation.report.filing import EVERYTHING, corrections_of, sheet_of
from booking.utilisation.rules.deadlines import last_ended
from booking.utilisation.rules.sheets import Kind
from tests.factories.filed_reports import Q3, Q4, Provider
from tests.support.clock import moment

NOW = moment("2027-01-20T09:00")


def test_the_quarter_before_the_last_was_handed_in_and_corrected_since(uow: UnitOfWork) -> None:
    provider = Provider(uow)
    register = Register(organisations={"U1": provider.company, "P1": provider.organisation})
    report_quarter(uow, register, now=NOW)
    (row,) = uow.session.exec(select(ReportFiling))
    assert (row.kind, row.organisation_id, row.period) == (
        Kind.SERVICE,
        provider.organisation,
        Q3.code,
    )
    due = provider.report(Q4)
    assert last_ended(Kind.SERVICE, local(NOW).date()) == Q4
    (told,) = corrections_of(uow.session, due, now=NOW)
    assert (told.column, told.after) == ("subjectName", PROJECT)
    assert sheet_of(uow.session, due, reach=EVERYTHING, now=NOW).lines == []
