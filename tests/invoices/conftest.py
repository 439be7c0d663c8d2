"""A company and a lab that deal with each other, and the moment at which they do."""

import pytest

from booking.db.transactions import UnitOfWork
from tests.factories.invoices import Dealing, make_dealing


@pytest.fixture
def dealing(uow: UnitOfWork) -> Dealing:
    return make_dealing(uow)
