"""Reports that are filed, for programs: where they stand, their records, and handing in."""

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.accounts.models import User
from booking.utilisation.report.filed import Filed
from tests.conftest import Write
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.filed_reports import Provider, make_filing
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
Q3 = "/api/v1/filed-reports/service/2026-Q3"


class Program:
    """One person's program."""

    def __init__(self, client: TestClient, write: Write, actor: Actor) -> None:
        with write() as uow:
            self.client = be(client, open_session(uow, actor, now=NOW))

    def get(self, path: str, status: int = 200, **asked: Any) -> Any:
        answer = self.client.get(path, params=asked)
        assert answer.status_code == status, answer.text
        return answer.json()

    def hand_in(self, owner: int | None, path: str = Q3, **headers: str) -> Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"organisation": owner}
        return self.client.post(f"{path}/submission", json=body, headers=sent)


@pytest.fixture
def provider(write: Write) -> Provider:
    with write() as uow:
        return Provider(uow)


def test_every_report_of_a_provider_stands_somewhere(
    client: TestClient, write: Write, provider: Provider
) -> None:
    with write() as uow:
        row = make_filing(uow, provider.report(), now=NOW)
        key, sha256 = row.key, row.sha256
    head = Program(client, write, provider.head)
    found = head.get("/api/v1/filed-reports", kind="service")
    items = {one["period"]: one for one in found["items"]}
    assert list(items)[:3] == ["2026-Q4", "2026-Q3", "2026-Q2"]
    assert [one["state"] for one in list(items.values())[:3]] == ["running", "handed_in", "open"]
    third = items["2026-Q3"]
    assert (third["records"], third["incomplete"], third["due"]) == (2, 0, "2026-10-15")
    assert third["last_version"] == {
        "id": key,
        "version": 1,
        "sha256": sha256,
        "submitted_at": "2026-11-23T01:00:00Z",
    }
    assert items["2026-Q2"]["records"] is None


def test_a_lab_is_told_that_it_was_handed_in_without_what_was(
    client: TestClient, write: Write, provider: Provider
) -> None:
    with write() as uow:
        make_filing(uow, provider.report(), now=NOW)
    lab, of = Program(client, write, provider.keeper), {"organisation": provider.organisation}
    items = lab.get("/api/v1/filed-reports", kind="service", **of)["items"]
    listed = next(one for one in items if one["period"] == "2026-Q3")
    third = lab.get(Q3, **of)
    assert (listed["state"], listed["last_version"]) == ("handed_in", None)
    assert (third["state"], third["versions"]) == ("handed_in", [])


@pytest.mark.parametrize("organisation", [0, -1, 10**30, "1 OR 1", 1.5])
def test_whoever_names_no_organisation_at_all_is_told_so(
    client: TestClient, write: Write, provider: Provider, organisation: Any
) -> None:
    program = Program(client, write, provider.head)
    assert program.hand_in(organisation).status_code == 422


def test_the_list_comes_in_pieces_and_has_the_zone_for_the_centre(
    client: TestClient, write: Write, provider: Provider
) -> None:
    with write() as uow:
        auditor = make_staff(uow, Role.AUDITOR)

    def kinds(actor: Actor) -> list[str]:
        program, cursor = Program(client, write, actor), ""
        found: list[tuple[str, str]] = []
        while not found or cursor:
            asked: dict[str, Any] = {"cursor": cursor} if cursor else {}
            piece = program.get("/api/v1/filed-reports", limit=5, **asked)
            found += [(one["kind"], one["period"]) for one in piece["items"]]
            cursor = piece["next_cursor"]
        assert len(set(found)) == len(found)
        return list(dict.fromkeys(kind for kind, _ in found))

    assert kinds(provider.head) == ["service", "unit", "efficiency"]
    assert kinds(auditor) == ["service", "unit", "efficiency", "monitoring"]


def test_records_say_what_the_file_says_and_what_is_wrong_with_them(
    client: TestClient, write: Write, provider: Provider
) -> None:
    with write() as uow:
        uow.session.get_one(User, provider.person).phone = ""
    head = Program(client, write, provider.head)
    report = head.get(Q3)
    assert (report["records"], report["incomplete"], report["can_be_handed_in"]) == (2, 2, True)
    first = head.get(f"{Q3}/records", limit=1)
    (last,) = head.get(f"{Q3}/records", cursor=first["next_cursor"])["items"]
    records = [*first["items"], last]
    text = head.client.get("/filed-reports.csv?kind=service&period=2026-Q3").content
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))[1:]
    codes = [column["code"] for column in report["columns"]]
    assert [[one["key"], *(one["values"][code] for code in codes)] for one in records] == lines
    faults = {(fault["field"], fault["code"], fault["blocks"]) for fault in last["faults"]}
    assert ("phone", "report.missing", False) in faults


def test_it_is_handed_in_once_and_as_it_was_read(
    client: TestClient, write: Write, provider: Provider
) -> None:
    head, owner = Program(client, write, provider.head), provider.organisation
    tag = head.client.get(Q3).headers["etag"]
    with write() as uow:
        provider.put_right(uow, provider.july, minutes=30)
    stale = head.hand_in(owner, if_match=tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "record.stale")
    tag = head.client.get(Q3).headers["etag"]
    made = head.hand_in(owner, if_match=tag, idempotency_key="q3")
    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert f'"{made.json()["sha256"]}"' == tag
    again = head.hand_in(owner, if_match=tag, idempotency_key="q3")
    assert (again.status_code, again.json()) == (201, made.json())
    refused = head.hand_in(owner)
    assert (refused.status_code, refused.json()["code"]) == (409, "report.nothing_new")
    assert head.hand_in(owner, Q3.replace("Q3", "Q4")).json()["code"] == "report.period_runs"
    assert head.get(f"/api/v1/report-filings/{made.json()['id']}") == made.json()
    (version,) = head.get(Q3)["versions"]
    assert (version["sha256"], version["differences"]) == (made.json()["sha256"], 0)


def test_a_version_stays_while_records_change(
    client: TestClient, write: Write, provider: Provider
) -> None:
    with write() as uow:
        row = make_filing(uow, provider.report(), now=NOW)
        key, lines, sha256 = row.key, dict(row.lines), Filed.of(row).fingerprint
        provider.put_right(uow, provider.july, minutes=30)
    head = Program(client, write, provider.head)
    frozen = head.get(f"/api/v1/report-filings/{key}")
    assert (frozen["records"], frozen["sha256"]) == (lines, sha256)
    assert [one["differences"] for one in head.get(Q3)["versions"]] == [1]


def test_how_users_are_reached_is_for_those_who_file_it(
    client: TestClient, write: Write, provider: Provider
) -> None:
    with write() as uow:
        key, auditor = (
            make_filing(uow, provider.report(), now=NOW).key,
            make_staff(uow, Role.AUDITOR),
        )
    for actor, told in ((provider.head, True), (auditor, False)):
        program, of = Program(client, write, actor), {"organisation": provider.organisation}
        items = program.get(f"{Q3}/records", **of)["items"]
        frozen = program.get(f"/api/v1/report-filings/{key}")["records"].values()
        for values in [*(one["values"] for one in items), *frozen]:
            assert ("13900000001" in values.values()) is told


def test_others_find_nothing(client: TestClient, write: Write, provider: Provider) -> None:
    with write() as uow:
        other = Provider(uow)
        key = make_filing(uow, provider.report(), now=NOW).key
    program, of = Program(client, write, other.head), {"organisation": provider.organisation}
    for path in ("/api/v1/filed-reports", Q3, f"{Q3}/records"):
        program.get(path, 404, **of)
    program.get(f"/api/v1/report-filings/{key}", 404)
    assert program.hand_in(provider.organisation, if_match='"x"').status_code == 404
    program.get("/api/v1/filed-reports/monitoring/2025", 404)
    program.get("/api/v1/filed-reports/sj3/AY2025", 404)
    program.get("/api/v1/filed-reports/unit/2026-Q3", 422)
    assert Program(client, write, provider.keeper).hand_in(provider.organisation).status_code == 403


@pytest.mark.parametrize("owner", [0, -1, 2**63])
def test_what_names_no_organisation_is_refused(
    client: TestClient, write: Write, provider: Provider, owner: int
) -> None:
    assert Program(client, write, provider.head).hand_in(owner).status_code == 422
