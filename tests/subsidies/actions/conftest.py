"""Two companies whose statements can be paid."""

import pytest

from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_programme, settled_use
from tests.subsidies.paying import with_account
from tests.subsidies.requests import programme


@pytest.fixture
def companies(uow):
    """Two companies with accounts and an approved October each."""
    enter_year(uow, 2026)
    make_programme(uow, programme())
    made = [with_account(uow), with_account(uow)]
    for company in made:
        settled_use(uow, company)
    return made
