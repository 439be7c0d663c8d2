"""Pages of reports that are filed: what is missing, the files, what was handed in."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.accounts.models import User
from booking.instruments.models.instrument import Instrument
from tests.conftest import Write
from tests.factories.accounts import be, make_actor, make_staff, open_session
from tests.factories.filed_reports import Provider, make_filing, used
from tests.factories.instruments import span
from tests.factories.utilisation import Writer
from tests.support.clock import FrozenClock, moment

Q3 = "kind=service&period=2026-Q3"


class Visit:
    """Pages as one person sees them."""

    def __init__(self, client: TestClient, write: Write, actor: Actor) -> None:
        with write() as uow:
            self.client = be(client, open_session(uow, actor, now=moment("2026-11-23T08:00")))

    def page(self, address: str, status: int = 200) -> BeautifulSoup:
        answer = self.client.get(address)
        assert answer.status_code == status, answer.text
        return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def provider(write: Write) -> Provider:
    with write() as uow:
        return Provider(uow)


def test_what_is_missing_leads_to_where_it_is_mended(
    client: TestClient, write: Write, provider: Provider
) -> None:
    with write() as uow:
        uow.session.get_one(User, provider.person).phone = ""
    keeper = Visit(client, write, provider.keeper)
    page = keeper.page(f"/filed-reports?{Q3}")
    assert "2 条记录中 2 条不完整" in page.select_one("#completeness").get_text()  # type: ignore[union-attr]  # it is there
    assert not page.select("form[action$='/submissions']")
    mend = page.select_one(f"a[href*='subject={provider.july.number}']")
    assert mend is not None
    form = keeper.page(str(mend["href"]))
    typed = {
        str(field["name"]): str(field.get("value", "")) for field in form.select("main input[name]")
    }
    wrong = keeper.client.post("/filed-reports/entry", data={**typed, "phone": "0" * 21})
    assert (wrong.status_code, f'value="{"0" * 21}"' in wrong.text) == (422, True)
    kept = {**typed, "phone": "029-88880000"}
    answer = keeper.client.post("/filed-reports/entry", data=kept, follow_redirects=False)
    assert answer.status_code == 303
    assert "2 条记录中 1 条不完整" in keeper.client.get(f"/filed-reports?{Q3}").text


def test_the_head_hands_in_and_gets_the_same_files_again(
    client: TestClient, write: Write, provider: Provider, tmp_path: Path
) -> None:
    head = Visit(client, write, provider.head)
    assert head.page(f"/filed-reports?{Q3}").select("form[action$='/submissions']")
    of = {"kind": "service", "period": "2026-Q3", "organisation": str(provider.organisation)}
    told = head.client.post("/filed-reports/submissions", data=of, follow_redirects=False)
    assert told.status_code == 303
    links = head.page(f"/filed-reports?{Q3}").select("a[href^='/report-filings/']")
    book, text = (str(link["href"]) for link in links)
    first = head.client.get(book).content, head.client.get(text).content
    with write() as uow:
        provider.put_right(uow, provider.july, minutes=30)
    assert (head.client.get(book).content, head.client.get(text).content) == first
    assert "0.50" in head.page(f"/filed-reports?{Q3}").get_text()
    (tmp_path / "report.xlsx").write_bytes(first[0])
    rows = list(load_workbook(tmp_path / "report.xlsx").worksheets[0].iter_rows(values_only=True))
    assert (len(rows), rows[1][0]) == (3, provider.july.number)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("kind=unit", 200),
        ("kind=unit&period=2026-Q3", 422),
        ("kind=service&period=nonsense", 422),
        ("kind=efficiency&period=AY2025", 200),
        ("kind=monitoring&period=2025", 404),
    ],
)
def test_each_report_is_of_its_own_kind_of_period(
    client: TestClient, write: Write, provider: Provider, query: str, status: int
) -> None:
    Visit(client, write, provider.head).page(f"/filed-reports?{query}", status)


def test_others_see_nothing_of_it(
    client: TestClient, write: Write, provider: Provider, clock: FrozenClock
) -> None:
    with write() as uow:
        other = Provider(uow)
        key = make_filing(uow, provider.report(), now=clock.now()).key
        auditor = make_staff(uow, Role.AUDITOR)
    stranger = Visit(client, write, other.head)
    of = f"{Q3}&organisation={provider.organisation}"
    for address in (
        f"/filed-reports?{of}",
        f"/filed-reports.csv?{of}",
        f"/filed-reports.xlsx?{of}",
    ):
        stranger.page(address, 404)
    for form in ("csv", "xlsx"):
        stranger.page(f"/report-filings/{key}.{form}", 404)
    assert Visit(client, write, auditor).client.get(f"/report-filings/{key}.csv").status_code == 200


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("head", True),
        ("keeper", True),
        ("operator", False),
        (Role.CENTRE_ADMIN, True),
        (Role.FINANCE, False),
        (Role.AUDITOR, False),
    ],
)
def test_how_users_are_reached_is_told_to_those_who_file_only(
    client: TestClient, write: Write, provider: Provider, clock: FrozenClock, who: str, reads: bool
) -> None:
    with write() as uow:
        key = make_filing(uow, provider.report(), now=clock.now()).key
        people = {
            "head": provider.head,
            "keeper": provider.keeper,
            "operator": make_actor(uow, Grant(Role.OPERATOR, lab_id=provider.lab)),
        }
        actor = people[who] if who in people else make_staff(uow, Role(who))
    visit = Visit(client, write, actor)
    of = f"{Q3}&organisation={provider.organisation}"
    addresses = [f"/filed-reports.csv?{of}"]
    addresses += [f"/report-filings/{key}.csv"] if who not in {"keeper", "operator"} else []
    for address in addresses:
        text = visit.client.get(address).text
        assert ("示例甲" in text, "13900000001" in text) == (True, reads)


@pytest.mark.parametrize(("role", "reads"), [(Role.CENTRE_ADMIN, True), (Role.AUDITOR, False)])
def test_nor_does_the_page_tell_it_of_a_record_that_came_later(
    client: TestClient,
    write: Write,
    provider: Provider,
    clock: FrozenClock,
    role: Role,
    reads: bool,
) -> None:
    late = used(span("2026-09-01T09:00", "2026-09-01T10:00"), fen=30_000)
    with write() as uow:
        make_filing(uow, provider.report(), now=clock.now())
        writer = Writer(uow, provider.tool)
        writer.write(late)
        uow.session.get_one(User, writer.person).phone = "13900000001"
        provider.in_october(uow)
        actor = make_staff(uow, role)
    for period in ("2026-Q3", "2026-Q4"):
        of = f"kind=service&period={period}&organisation={provider.organisation}"
        text = Visit(client, write, actor).page(f"/filed-reports?{of}").get_text()
        told = "13900000001" in text
        assert ("300.00" in text, told) == (True, reads), period


def test_the_trail_says_that_somebody_can_be_reached_otherwise_and_not_how(
    client: TestClient, write: Write, provider: Provider
) -> None:
    of = {"kind": "service", "period": "2026-Q3", "subject": provider.july.number}
    typed = {"serviceContent": "断口形貌", "phone": "029-88887766", "email": "a@unit.example"}
    form = {**of, "organisation": str(provider.organisation), **typed}
    head = Visit(client, write, provider.head)
    answer = head.client.post("/filed-reports/entry", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert "029-88887766" in head.client.get(f"/filed-reports.csv?{Q3}").text
    with write() as uow:
        auditor = make_staff(uow, Role.AUDITOR)
    told = Visit(client, write, auditor).page("/audit").get_text()
    assert "断口形貌" in told
    assert "029-88887766" not in told
    assert "a@unit.example" not in told


@pytest.mark.parametrize("who", ["head", "keeper", "operator", Role.AUDITOR, Role.CENTRE_ADMIN])
@pytest.mark.parametrize("of", [Q3, "kind=unit&period=2025", "kind=efficiency&period=AY2025"])
def test_no_link_of_a_report_leads_to_a_closed_door(
    client: TestClient, write: Write, provider: Provider, who: str, of: str
) -> None:
    with write() as uow:
        uow.session.get_one(Instrument, provider.tool).inner_id = ""
        people = {
            "head": provider.head,
            "keeper": provider.keeper,
            "operator": make_actor(uow, Grant(Role.OPERATOR, lab_id=provider.lab)),
        }
        actor = people[who] if who in people else make_staff(uow, Role(who))
    visit = Visit(client, write, actor)
    page = visit.page(f"/filed-reports?{of}&organisation={provider.organisation}")
    for link in page.select("main a[href]"):
        assert visit.client.get(str(link["href"])).status_code in {200, 303}, link


def test_corrections_are_shown_though_nothing_was_used_since(
    client: TestClient, write: Write, provider: Provider, clock: FrozenClock
) -> None:
    with write() as uow:
        make_filing(uow, provider.report(), now=clock.now())
        provider.put_right(uow, provider.july, minutes=90)
    page = Visit(client, write, provider.head).page("/filed-reports?kind=service&period=2026-Q4")
    assert "1.50" in page.get_text()
    assert not page.select("#completeness")
