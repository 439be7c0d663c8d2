"""Files of statements over HTTP: four kinds of one document, in the reader's language."""

import pytest

from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.subsidies.actions.settle_period import settle_period
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.papers import pages_of
from tests.subsidies.requests import programme

NUMBER = "JS-202610-0001"
MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


@pytest.fixture
def finance(write, client, clock):
    """Finance, with a company's draft of October."""
    with write() as uow:
        make_programme(uow, programme())
        settled_use(uow, make_company(uow, name="示例光电公司"))
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=clock.now())
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    return be(client, secret)


@pytest.mark.parametrize("kind", MEDIA)
def test_a_locked_statement_gives_the_same_bytes_for_good(finance, kind):
    finance.post(f"/statements/{NUMBER}/lock")
    first = finance.get(f"/statements/{NUMBER}.{kind}")
    assert (first.status_code, first.headers["content-type"]) == (200, MEDIA[kind])
    finance.post(f"/statements/{NUMBER}/publication")
    assert finance.get(f"/statements/{NUMBER}.{kind}").content == first.content
    assert finance.get(f"/api/v1/statements/{NUMBER}.{kind}").content == first.content


def test_a_kind_that_nobody_knows_is_not_found(finance):
    assert finance.get(f"/statements/{NUMBER}.docx").status_code == 404


def test_a_draft_is_marked_until_it_is_locked(finance):
    draft = pages_of(finance.get(f"/statements/{NUMBER}.pdf").content)[0]
    finance.post(f"/statements/{NUMBER}/lock")
    locked = pages_of(finance.get(f"/statements/{NUMBER}.pdf").content)[0]
    assert ("草稿" in draft, "草稿" in locked) == (True, False)
    assert "http://testserver/verify/JS-202610-0001?sha256=" in locked.replace("\r\n", "")


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        (f"/statements/{NUMBER}.pdf?lang=en", {}),
        (f"/api/v1/statements/{NUMBER}.pdf?lang=en", {}),
        (f"/api/v1/statements/{NUMBER}.pdf", {"accept-language": "en"}),
    ],
)
def test_a_pdf_speaks_the_readers_language(finance, address, headers):
    english = finance.get(address, headers=headers, follow_redirects=True)
    assert "Subsidy statement" in pages_of(english.content)[0]
