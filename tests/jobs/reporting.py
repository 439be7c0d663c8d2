"""A report that comes due."""

from booking.db.transactions import UnitOfWork
from tests.factories.filed_reports import make_school
from tests.factories.instruments import make_instrument, make_lab


def a_school_that_reports(uow: UnitOfWork) -> None:
    """It evaluates its equipment by the middle of December, and is reminded two weeks before."""
    lab = make_lab(uow)
    make_instrument(uow, lab_id=lab.key)
    make_school(uow, lab.organisation_id)
