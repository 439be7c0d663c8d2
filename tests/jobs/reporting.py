"""A report that comes due, and one that tells of yesterday."""

from booking.db.transactions import UnitOfWork
from booking.utilisation.models import ZoneReport
from tests.factories.filed_reports import make_school
from tests.factories.instruments import make_instrument, make_lab
from tests.support.clock import moment


def a_school_that_reports(uow: UnitOfWork) -> None:
    """It evaluates its equipment by the middle of December, and is reminded two weeks before."""
    lab = make_lab(uow)
    make_instrument(uow, lab_id=lab.key)
    make_school(uow, lab.organisation_id)


def a_report_of_before(uow: UnitOfWork) -> None:
    """The zone was larger once: what was kept of it no longer holds."""
    at = moment("2026-11-30T03:40")
    uow.session.add(ZoneReport(asked="2026 zone", stamp="before", made_at=at, content="{}"))
