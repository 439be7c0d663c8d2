"""Who reads English is told the English names of organisations, wherever there are any."""

from collections.abc import Iterator
from typing import Final

import pytest
import sqlalchemy as sa

from booking.organisations.models import Organisation
from booking.web.languages import is_api
from tests.access.asking import Asking, scratch
from tests.access.inventory import inventory
from tests.access.world.records import ABSENT

CHINESE: Final = "机构专名"
READERS: Final = ("centre_admin", "finance", "lab_manager", "company_admin", "provider_admin")
# Here the registered name stands as such, or is typed.
REGISTERED: Final = frozenset(
    {
        "/manage/instruments/{instrument_id}/rules-test",
        "/organisations/{organisation_id}",
        "/organisations/{organisation_id}/edit",
        # As it is sent to the national platform.
        "/manage/national",
    }
)
# What these say is put together elsewhere, in one language.
STILL: Final = frozenset(
    {
        "/audit",
        "/audit/subjects/{noun}/{reference}",
        "/filed-reports/entry",
        "/ledger/accounts/{account_id}",
        "/voucher-issue",
    }
)
_ORGANISATION: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]  # by SQLModel


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    """The world of the matrix; every organisation has an English name."""
    with scratch() as asking:
        named = sa.update(_ORGANISATION).values(
            name=sa.literal(CHINESE) + sa.cast(_ORGANISATION.c.id, sa.String),
            name_en=sa.literal("Called ") + sa.cast(_ORGANISATION.c.id, sa.String),
        )
        with asking.connection.begin():
            asking.connection.execute(named)
        yield asking


def pages_in_chinese(asking: Asking, who: str) -> Iterator[str]:
    """The pages that name an organisation in Chinese to somebody who reads English."""
    for route in sorted(inventory(asking.app)):
        if route.method != "GET" or is_api(route.path):
            continue
        plans = (asking.plan(one, who) for one in asking.cases(route) if one.kind != ABSENT)
        answers = [asking.answer(plan, who, english=True) for plan in plans]
        assert all(one.status_code < 500 for one in answers), route.path
        shown = [one.text for one in answers if one.status_code == 200 and _is_page(one.headers)]
        if any(CHINESE in text for text in shown):
            yield route.path


def _is_page(headers: object) -> bool:
    return str(headers["content-type"]).startswith("text/html")  # type: ignore[index]


@pytest.mark.slow
@pytest.mark.parametrize("who", READERS)
def test_organisations_are_called_as_their_reader_speaks(asking: Asking, who: str) -> None:
    assert set(pages_in_chinese(asking, who)) - REGISTERED - STILL == set()
