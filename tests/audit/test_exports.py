"""The trail as a file: the filter's rows, provable without us, of any length, harmless."""

import csv
import hashlib
import io
import tracemalloc
from collections.abc import Callable

import openpyxl
import pytest
import sqlalchemy as sa

from booking.access.roles import Role
from booking.audit.actions.chain_entries import chain_entries
from booking.audit.exports import HEADER, trail_csv
from booking.audit.models import AuditEntry
from booking.audit.queries.entries import Wanted
from booking.audit.rules import ORIGIN
from booking.reservations.actions.cancel import cancel
from booking.web.workbooks import xlsx_chunks
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import moment

Rows = list[dict[str, str]]


def from_csv(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def from_xlsx(content: bytes) -> Rows:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows: Rows = []
    for sheet in book.worksheets:
        head, *lines = sheet.iter_rows(values_only=True)
        said = [["" if cell is None else str(cell) for cell in line] for line in lines]
        rows += [dict(zip(map(str, head), line, strict=True)) for line in said]
    return rows


@pytest.fixture
def exported(write, clock, client) -> Callable[..., bytes]:
    """A chained trail, with one entry that came later; read by an auditor."""
    with write() as uow:
        scene = make_scene(uow)
        made = make_reservation(uow, scene, now=clock.now())
        cancel(uow, made.number, actor=scene.member, now=clock.now(), reason="=1+1")
        uow.session.flush()
        chain_entries(uow)
        auditor = make_staff(uow, Role.AUDITOR)
        be(client, open_session(uow, auditor, now=clock.now()))
    facts = {"subject": f"reservation:{made.number}"}

    def export(kind: str, **chosen: str) -> bytes:
        params = {name: facts.get(value, value) for name, value in chosen.items()}
        answer = client.get(f"/audit.{kind}", params=params)
        assert answer.status_code == 200, answer.text
        assert f"audit.{kind}" in answer.headers["content-disposition"]
        content: bytes = answer.content
        return content

    return export


@pytest.mark.parametrize(("kind", "read"), [("csv", from_csv), ("xlsx", from_xlsx)])
def test_an_auditor_proves_the_file_without_us(exported, kind, read):
    rows = read(exported(kind))
    previous, places = ORIGIN, 0
    for row in sorted((row for row in rows if row["position"]), key=lambda r: int(r["position"])):
        places += 1
        assert (int(row["position"]), row["previous_hash"]) == (places, previous)
        proved = hashlib.sha256(f"{previous}\n{row['content']}".encode()).hexdigest()
        assert proved == row["hash"]
        previous = row["hash"]
    assert places > 3
    late = [row for row in rows if not row["position"]]
    assert late
    assert {row["hash"] for row in late} == {""}


@pytest.mark.parametrize(("kind", "read"), [("csv", from_csv), ("xlsx", from_xlsx)])
def test_the_file_holds_what_the_filters_say_and_no_formula(exported, kind, read):
    rows = read(exported(kind, subject="subject"))
    assert [row["event"] for row in rows] == ["reservation.confirmed", "reservation.cancelled"]
    assert rows[1]["cause"] == "'=1+1"
    assert tuple(rows[0]) == HEADER


def test_a_stretch_the_wrong_way_round_is_refused(exported, client):
    answer = client.get("/audit.csv?start=2026-11-24&end=2026-11-23")
    assert answer.status_code == 422


def test_a_long_trail_costs_no_more_memory_than_a_short_one(engine):
    row = {"at": moment("2026-11-23T09:00"), "name": "event", "cause": "x" * 400, "changes": {}}
    with engine.begin() as connection:
        for _ in range(12):
            many = [{**row, "subject": f"test:{n}"} for n in range(1000)]
            connection.execute(sa.insert(AuditEntry), many)
    lines = trail_csv(engine, Wanted())
    sizes = [len(next(lines)) for _ in range(1500)]
    tracemalloc.start()
    sizes += [len(line) for line in lines]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(sizes) == 12_001
    # A piece of a thousand entries at a time, not the twelve megabytes of the file.
    assert peak < sum(sizes) / 2


def test_what_a_sheet_cannot_hold_goes_on_on_the_next():
    long, short = "x" * 40_000, "=1"
    rows = [(1, long), (2, short), (3, short), (4, short), (5, short)]
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(xlsx_chunks("audit", ["n", "text"], rows, most=3)))
    )
    found = [[line[0] for line in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    assert found == [["n", 1, 2], ["n", 3, 4], ["n", 5]]
    assert book.worksheets[0]["B2"].value.endswith("…")
    assert book.worksheets[1]["B2"].value == "'=1"
