"""A provider's year on paper: what it says, how it can be read, the same bytes every time."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from bs4 import BeautifulSoup

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.reservations.states import State
from booking.utilisation.exports.year_paper import year_pdf
from tests.factories.accounts import be, make_actor, make_staff, open_session
from tests.factories.instruments import make_lab, span
from tests.factories.organisations import make_organisation
from tests.factories.utilisation import Booked, Invented, write_instrument
from tests.utilisation.papers import GOLDEN, WORDS, pages_of, paper, told, year
from tests.utilisation.reading import the

ROOT = Path(__file__).resolve().parents[2]
USE = span("2026-11-03T09:00", "12:00")


def is_tagged(pdf: bytes) -> bool:
    with pypdfium2.PdfDocument(pdf) as opened:
        return bool(pdfium.FPDFCatalog_IsTagged(opened))


@pytest.fixture(scope="module")
def said() -> dict[str, bytes]:
    """What every golden file would say now; no run that leaves them out waits for it."""
    return dict(told())


@pytest.mark.parametrize("name", WORDS)
def test_it_says_what_it_said(name, said):
    assert said[name].decode() == (GOLDEN / name).read_bytes().decode()


def test_another_process_prints_the_same_bytes():
    code = (
        "import hashlib; from tests.utilisation.papers import *;"
        "print(hashlib.sha256(year_pdf(paper('en'))).hexdigest())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == hashlib.sha256(year_pdf(paper("en"))).hexdigest()


@pytest.mark.parametrize("count", [2, 301, 1000])
def test_it_is_tagged_for_screen_readers_whatever_its_length(count):
    """A thousand instruments took 0.7 s of processor time with tags and without; 2.1 MB, 0.1 MB."""
    assert is_tagged(year_pdf(paper(of=year(count))))


def test_every_instrument_stands_on_it_once_with_the_head_on_every_page():
    pages = pages_of(year_pdf(paper(of=year(120))))
    together = "".join(pages)
    assert together.count("123,456.00") == 120
    assert all("定额利用率" in page for page in pages if "123,456.00" in page)


def test_without_the_right_to_read_statements_no_subsidy_stands_on_it():
    page = "".join(pages_of(year_pdf(paper(subsidy=False))))
    assert "收入" in page
    assert "补贴" not in page


def test_what_people_wrote_is_never_read_as_markup():
    evil = '#panic("x") *b* $x$ @y <z> \\ </svg>'
    page = "".join(pages_of(year_pdf(paper(of=year(name=evil)))))
    assert '#panic("x")' in page.replace("\r\n", " ")


@pytest.fixture
def world(write, clock):
    """A provider with an instrument used once and a use that waits; who may ask."""
    with write() as uow:
        provider = make_organisation(uow).key
        lab = make_lab(uow, organisation_id=provider).key
        bookings = [
            Booked(USE, State.SETTLED, used=USE, effective_minutes=150, income_fen=240_000),
            Booked(
                span("2026-11-04T09:00", "12:00"),
                State.COMPLETED,
                used=span("2026-11-04T09:00", "12:00"),
            ),
        ]
        write_instrument(uow, Invented(bookings=bookings), lab_id=lab)
        write_instrument(uow, Invented())
        other = make_lab(uow, organisation_id=provider).key
        write_instrument(uow, Invented(), lab_id=other)
        grants = (Grant(Role.LAB_MANAGER, lab_id=lab), Grant(Role.OPERATOR, lab_id=other))
        people = {
            "lab": make_actor(uow, grants[0]),
            "both labs": make_actor(uow, *grants),
            "head": make_actor(uow, Grant(Role.COMPANY_ADMIN, organisation_id=provider)),
            "finance": make_staff(uow, Role.FINANCE),
        }
        now = clock.now()
        return provider, {who: open_session(uow, one, now=now) for who, one in people.items()}


def test_the_page_lists_what_is_missing_and_leads_to_the_paper(world, client):
    _, sessions = world
    be(client, sessions["both labs"])
    answer = client.get("/reports/provider-year?period=2026")
    page = BeautifulSoup(answer.text, "html.parser")
    assert "1 次使用尚未确认" in the(page, "#missing").get_text()
    links = [one["href"] for one in page.select("a[href*='provider-year.pdf']")]
    papers = [client.get(link) for link in links]
    assert [one.headers["content-type"] for one in papers] == ["application/pdf"] * 2
    chinese, english = ("".join(pages_of(one.content)) for one in papers)
    assert "年度使用报告" in chinese
    assert "2,400.00" in chinese
    assert "Instruments in a year" in english
    assert client.get(links[0]).content == papers[0].content


def test_a_year_is_for_those_who_read_the_whole_provider(world, client):
    provider, sessions = world
    path = f"/reports/provider-year.pdf?organisation={provider}&period=AY2026"
    assert client.get(path).status_code in {303, 401}
    for who, status in (("lab", 404), ("both labs", 200), ("head", 200), ("finance", 200)):
        be(client, sessions[who])
        assert client.get(path).status_code == status, who
    be(client, sessions["lab"])
    assert client.get("/reports/provider-year").status_code == 200
    assert client.get("/reports/provider-year?organisation=999999").status_code == 404
