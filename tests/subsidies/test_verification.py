"""A stranger proves a statement by its hash or by any file of it, and learns little."""

import io

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from booking.db.outside import Outside
from booking.kernel.periods import Period
from booking.settings import Settings
from booking.subsidies.actions.redraw import withdraw_and_redraw
from booking.subsidies.actions.review_statement import lock
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.exports.files import KINDS, statement_file
from booking.subsidies.exports.paper import Paper
from booking.subsidies.jobs import keep_prints
from booking.subsidies.models.issued import StatementPrint
from booking.subsidies.models.statement import StatementSnapshot
from booking.subsidies.rules.document import digest
from booking.wiring import REACTIONS
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme

NUMBER = "JS-202610-0001"
GENUINE, NOT_GENUINE, REPLACED = "与锁定的结算单一致", "没有与此编号和校验值相符", "已失效"
PAPER = Paper(public_url="http://testserver")


@pytest.fixture
def locked(write, clock) -> str:
    """The exact text of a locked statement."""
    with write() as uow:
        make_programme(uow, programme())
        settled_use(uow, make_company(uow, name="示例光电公司"))
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=clock.now())
        lock(uow, NUMBER, actor_id=None, now=clock.now())
        content: str = uow.session.exec(select(StatementSnapshot.content)).one()
    return content


@pytest.fixture
def run_job(engine, clock):
    def run(public_url: str = PAPER.public_url) -> int:
        settings = Settings(public_url=public_url)
        return keep_prints(Outside(engine, REACTIONS, settings), clock.now()).rows

    return run


def said(answer) -> str:
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def shown_to(client, content: bytes) -> str:
    file = {"file": ("s", io.BytesIO(content))}
    return said(client.post(f"/verify/{NUMBER}", files=file))


@pytest.mark.parametrize("hashed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_file_is_genuine_until_one_byte_is_changed(client, locked, run_job, kind, hashed):
    if hashed:
        assert run_job() == 1
    content = statement_file(NUMBER, locked, kind, paper=PAPER)[1]
    assert GENUINE in shown_to(client, content)
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 1
    assert NOT_GENUINE in shown_to(client, bytes(changed))


def test_an_english_pdf_is_genuine_too(client, locked):
    english = Paper(public_url=PAPER.public_url, language="en")
    assert GENUINE in shown_to(client, statement_file(NUMBER, locked, "pdf", paper=english)[1])


def test_a_stranger_learns_number_period_day_and_state_and_nothing_else(client, locked):
    text = shown_to(client, locked.encode())
    for word in (NUMBER, "2026 年 10 月", "2026年11月23日", "已锁定"):
        assert word in text
    for word in ("示例光电", "300", "叁佰"):
        assert word not in text


def test_a_statement_is_not_proven_by_the_file_of_another(client, locked):
    file = {"file": ("s", locked.encode())}
    assert NOT_GENUINE in said(client.post("/verify/JS-202610-0002", files=file))


def test_no_file_is_told_at_the_field(client, locked):
    assert client.post(f"/verify/{NUMBER}").status_code == 422


def test_a_revision_that_was_withdrawn_is_genuine_and_not_in_force(client, write, locked, clock):
    with write() as uow:
        withdraw_and_redraw(uow, NUMBER, "漏了一笔", actor_id=None, now=clock.now())
    assert REPLACED in shown_to(client, locked.encode())
    with write() as uow:
        lock(uow, NUMBER, actor_id=None, now=clock.now())
    assert REPLACED in shown_to(client, locked.encode())


def test_files_of_before_are_known_after_the_centre_moved_to_another_address(
    client, locked, run_job, write
):
    content = statement_file(NUMBER, locked, "csv", paper=PAPER)[1]
    assert (run_job(), run_job()) == (1, 0)
    assert (run_job("https://example.cn"), run_job("https://example.cn")) == (1, 0)
    with write() as uow:
        assert len(uow.session.exec(select(StatementPrint)).all()) == 8
    assert GENUINE in shown_to(client, content)


def test_programs_are_told_in_json(client, locked):
    address = f"/api/v1/verifications/{NUMBER}"
    told = client.get(address, params={"sha256": digest(locked).upper()}).json()
    assert told == {
        "number": NUMBER,
        "genuine": True,
        "current": True,
        "revision": 1,
        "period": "2026-10",
        "locked_on": "2026-11-23",
        "state": "locked",
    }
    none = {"number": NUMBER, "genuine": False, "current": False}
    assert client.get(address, params={"sha256": "0" * 64}).json() == none
    assert client.get(address, params={"sha256": "0"}).status_code == 422
