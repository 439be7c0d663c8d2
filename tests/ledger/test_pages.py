"""The ledger over HTTP: finance and auditor read it, and take out what they see."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind
from booking.ledger.queries.pages import accounts
from tests.factories.accounts import be, bearer, make_member, make_staff, open_session
from tests.factories.organisations import make_organisation
from tests.support.clock import moment


class World:
    def __init__(self, uow, now) -> None:
        company, provider = make_organisation(uow), make_organisation(uow)
        for day, fen in (("2026-10-31", 100_000), ("2026-11-02", 5_000), ("2026-11-03", -700)):
            legs = [
                Leg(AccountKind.RECEIVABLE, company.key, fen),
                Leg(AccountKind.REVENUE, provider.key, -fen),
            ]
            post(uow, f"charge:C-{day}", legs, at=moment(f"{day}T09:00"), memo=f"示例{day}")
        readers = {
            "finance": make_staff(uow, Role.FINANCE),
            "auditor": make_staff(uow, Role.AUDITOR),
            "company": make_member(uow, company.key),
        }
        self.account = next(
            row.id for row in accounts(uow.session) if row.kind is AccountKind.RECEIVABLE
        )
        self.tokens = {who: bearer(uow, actor, now=now) for who, actor in readers.items()}
        self.sessions = {who: open_session(uow, actor, now=now) for who, actor in readers.items()}


@pytest.fixture
def world(write, clock) -> World:
    clock.at("2026-11-26T09:00")
    with write() as uow:
        return World(uow, clock.now())


def cells(client, path) -> list[list[str]]:
    page = BeautifulSoup(client.get(path).text, "html.parser")
    return [
        [cell.get_text(strip=True) for cell in row.select("td")]
        for row in page.select("table tbody tr")
    ]


def test_accounts_show_what_they_held_what_moved_and_what_they_hold(world, client):
    be(client, world.sessions["auditor"])
    (owed, *_) = cells(client, "/ledger?period=2026-11&kind=receivable")
    assert (owed[0], owed[2:]) == ("应收账款", ["1,000.00", "50.00", "7.00", "1,043.00"])
    exported = client.get("/ledger.csv?period=2026-11&kind=receivable").text
    assert exported.strip().endswith("1000.00,50.00,7.00,1043.00")


def test_an_account_shows_its_entries_of_the_period_page_by_page(world, client):
    be(client, world.sessions["finance"])
    path = f"/ledger/accounts/{world.account}"
    assert [row[3] for row in cells(client, f"{path}?period=2026-11")] == ["−7.00", "50.00"]
    assert len(cells(client, path)) == 3
    exported = client.get(f"{path}/entries.csv?period=2026-11").text
    assert exported.count("charge:") == 2


def test_the_download_passes_the_check_of_beancount(world, client, tmp_path):
    be(client, world.sessions["finance"])
    answer = client.get("/ledger.beancount?period=2026-11")
    assert "ledger-2026-11.beancount" in answer.headers["content-disposition"]
    file = tmp_path / "ledger.beancount"
    file.write_bytes(answer.content)
    check = [sys.executable, "-m", "beancount.scripts.check", str(file)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert client.get("/ledger.beancount").content == answer.content


def test_a_period_that_is_none_is_said_so(world, client):
    be(client, world.sessions["finance"])
    answer = client.get("/ledger?period=2026-13")
    assert answer.status_code == 422
    assert "不是月份" in answer.text


def test_the_same_as_json_and_companies_see_nothing_of_it(world, client):
    asked = {"headers": world.tokens["auditor"]}
    found = client.get("/api/v1/ledger/accounts?period=2026-11&kind=receivable", **asked).json()
    (row,) = found["items"]
    assert (row["opening"], row["closing"]) == ("1000.00", "1043.00")
    path = f"/api/v1/ledger/accounts/{world.account}/entries"
    assert [one["amount"] for one in client.get(path, **asked).json()["items"]] == [
        "-7.00",
        "50.00",
        "1000.00",
    ]
    assert client.get(path, headers=world.tokens["company"]).status_code == 403
    assert client.get("/api/v1/ledger/accounts/999999/entries", **asked).status_code == 404
