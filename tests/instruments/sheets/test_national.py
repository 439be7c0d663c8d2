"""Records for the national platform: what they say, what they lack, where that is mended."""

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from sqlmodel import col, select
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from booking.instruments.models.attachment import InstrumentPicture
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.fault import Fault
from booking.instruments.rules.faults import FaultState
from booking.organisations.models import Lab, Organisation
from booking.utilisation.models import InstrumentMonth, UtilisationMark
from tests.factories.accounts import be, open_session
from tests.factories.files import make_file
from tests.factories.instruments import add_closure, make_instrument, moment, span
from tests.instruments.sheets.conftest import Keeper
from tests.support.clock import FrozenClock
from tests.support.typing_in import typed_on

Write = Callable[[], AbstractContextManager[UnitOfWork]]
GOLDEN: Final = Path(__file__).parents[2] / "golden" / "national"
OUT: Final = span("2026-11-01T00:00", "2026-12-01T00:00")
CUSTOMS: Final = {
    "exemption": "Z90123456789",
    "exemption_line": "1",
    "declaration": "902020260123456789",
    "contract": "示例-2026-01",
    "port": "示例口岸",
    "office": "示例海关",
    "imported_on": "2026-02-03",
    "sharing_declared": "yes",
    "fees_reviewed": "no",
    "hs_code": "9012100000",
    "follow_up": "无变更",
}
CARD: Final[dict[str, Any]] = {
    "name": "场发射扫描电子显微镜",
    "name_en": "FE-SEM",
    "inner_id": "N-1",
    "category_code": "030122",
    "original_value_fen": 286_004_999,
    "origin_country": "日本",
    "manufacturer": "示例公司",
    "model": "XM-5000",
    "start_date": date(2026, 3, 1),
    "customs_supervised": True,
    "customs": CUSTOMS,
    "specs": "分辨率 1.0 nm",
    "functions": "形貌观察",
    "disciplines": ["材料科学", "化学"],
    "services": "观察",
    "user_notes": "先培训",
    "fee_notes": "每小时 300 元",
    "district": "fengdong",
    "address": "一号楼 101",
    "contact_name": "值班室",
    "contact_phone": "029-0",
    "contact_email": "lab@example.com",
    "postal_address": "示例路 1 号",
    "postal_code": "710000",
    "funds": "自筹",
}


@pytest.fixture
def signed_in(client: TestClient, write: Write, clock: FrozenClock, keeper: Keeper) -> Keeper:
    with write() as uow:
        be(client, open_session(uow, keeper.actor, now=clock.now()))
        owner = uow.session.get_one(Lab, keeper.lab_id).organisation_id
        organisation = uow.session.get_one(Organisation, owner)
        organisation.name, organisation.uscc = "示例单位", "91110108551385082Q"
        organisation.national_code = "DW-0001"
    return keeper


@pytest.fixture
def card(write: Write, signed_in: Keeper) -> int:
    """An instrument of which everything is known, with uses in two months of 2026."""
    with write() as uow:
        made = make_instrument(uow, lab_id=signed_in.lab_id, filed_on=date(2026, 4, 1), **CARD).key
        uow.session.add(
            InstrumentPicture(
                instrument_id=made,
                position=1,
                large_id=make_file(uow).key,
                small_id=make_file(uow).key,
                added_at=moment("2026-11-01T00:00"),
            )
        )
        for month, effective, external in (("2026-01", 3600, 1800), ("2026-10", 5400, 540)):
            used(uow, made, month, effective=effective, external=external)
        used(uow, made, "2025-12", effective=99 * 3600, external=0)
        # As a roll-up leaves it.
        uow.session.execute(sa.delete(UtilisationMark))
    return made


def used(uow: UnitOfWork, made: int, month: str, *, effective: int, external: int) -> None:
    """A month of the roll-up, with an income of 1,234.50 yuan."""
    parts = dict.fromkeys(
        ("closed", "maintenance", "fault", "open", "booked_unused", "idle", "calendar", "used"), 0
    )
    uow.session.add(
        InstrumentMonth(
            instrument_id=made,
            month=month,
            effective_seconds=effective,
            external_seconds=external,
            income_fen=123_450,
            computed_at=moment("2027-01-01T00:00"),
            **{f"{name}_seconds": length for name, length in parts.items()},
        )
    )


def records(client: TestClient, what: str, **asked: int) -> list[dict[str, Any]]:
    """The records of a file for programs."""
    answer = client.get(f"/manage/national/{what}.json", params=asked)
    return list(json.loads(answer.content))


def first_lines(client: TestClient, what: str) -> list[dict[str, object]]:
    """The lines of a workbook by their headings."""
    content = client.get(f"/manage/national/{what}.xlsx?year=2026").content
    head, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


@pytest.mark.parametrize("what", ["instruments", "customs", "units"])
def test_a_record_says_what_it_always_said(
    what: str, client: TestClient, write: Write, card: int
) -> None:
    (one,) = records(client, what, year=2026)
    with write() as uow:
        picture = uow.session.exec(select(col(InstrumentPicture.id))).one()
    text = json.dumps(one, ensure_ascii=False, indent=1)
    told = text.replace(f"/instruments/{card}", "/instruments/N").replace(
        f"/pictures/{picture}", "/pictures/N"
    )
    assert told + "\n" == (GOLDEN / f"{what}.json").read_text("utf-8")
    (line,) = first_lines(client, what)
    assert bool(line["缺项"]) == bool(one["missing"])
    assert len(line) == len(one)


def test_what_nobody_knows_is_missing_and_nothing_is_made_up(
    client: TestClient, write: Write, signed_in: Keeper
) -> None:
    with write() as uow:
        make_instrument(
            uow,
            lab_id=signed_in.lab_id,
            state="draft",
            district="outside",
            customs_supervised=True,
        )
        make_instrument(uow, lab_id=signed_in.lab_id, state="retired")
    (one,) = records(client, "instruments")
    unsaid = {"serviceUrl", "image", "run_machine", "service_machine", "province", "city"}
    assert {name for name in unsaid if one[name]} == set()
    assert unsaid <= {gap["field"] for gap in one["missing"]}
    assert one["auditStatus"] == "-1"
    (customs,) = records(client, "customs")
    assert len(customs["missing"]) == len(CUSTOMS)
    assert "征免税证明编号：缺" in str(first_lines(client, "customs")[0]["缺项"])


def test_what_customs_keep_is_for_the_lab(client: TestClient, card: int) -> None:
    here = f"/api/v1/instruments/{card}"
    assert client.get(here).json()["customs"] == CUSTOMS
    client.cookies.clear()
    assert client.get(here).json()["customs"] == {}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("customs_exemption", "Z9012345678"),
        ("customs_declaration", "9" * 17),
        ("customs_hs_code", "九零一二"),
        ("customs_sharing_declared", "maybe"),
        ("postal_code", "71000"),
    ],
)
def test_what_no_paper_says_is_told_at_its_field(
    field: str, typed: str, client: TestClient, card: int
) -> None:
    here = f"/manage/instruments/{card}"
    answer = client.post(here, data=typed_on(client.get(here).text, here) | {field: typed})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    wrong = page.select_one(f'[name="{field}"][aria-invalid="true"]')
    assert wrong is not None


def test_where_a_thing_is_mended_is_a_link(
    client: TestClient, write: Write, signed_in: Keeper
) -> None:
    with write() as uow:
        made = make_instrument(uow, lab_id=signed_in.lab_id).key
        owner = uow.session.get_one(Lab, signed_in.lab_id).organisation_id
        uow.session.get_one(Organisation, owner).national_code = ""
    page = BeautifulSoup(client.get("/manage/national?year=2024").text, "html.parser")
    links = {str(link["href"]) for link in page.select("td a")}
    assert {
        f"/manage/instruments/{made}",
        f"/manage/instruments/{made}/attachments",
        f"/organisations/{owner}",
        "/utilisation?period=2024",
    } <= links
    assert {client.get(link).status_code for link in links} == {200}
    assert "主要技术指标" in page.text
    assert "国家平台单位标识" in page.text


@pytest.mark.parametrize(
    ("state", "out", "said"),
    [
        ("published", False, "正常"),
        ("suspended", False, "待机"),
        ("published", True, "待修"),
        ("suspended", True, "待修"),
    ],
)
def test_how_it_runs_is_said_in_the_platforms_words(
    state: str, out: bool, said: str, client: TestClient, write: Write, signed_in: Keeper
) -> None:
    with write() as uow:
        made = make_instrument(uow, lab_id=signed_in.lab_id, state=state).key
        if out:
            closure = add_closure(uow, made, OUT, kind=ClosureKind.FAULT).key
            uow.session.add(
                Fault(
                    instrument_id=made,
                    what="真空不足",
                    state=FaultState.CLOSED,
                    closure_id=closure,
                    reported_at=moment("2026-11-01T00:00"),
                )
            )
    assert records(client, "instruments")[0]["status"] == said


def test_rates_of_a_unit_count_what_must_be_filed(
    client: TestClient, write: Write, signed_in: Keeper
) -> None:
    large, small = 50_000_000, 49_999_999
    with write() as uow:
        for filed, state, mode, value, exempt in (
            (True, "published", "external", large, ""),
            (True, "suspended", "internal", large, ""),
            (False, "published", "none", large, ""),
            (True, "published", "external", small, ""),
            (False, "published", "external", large, "主管部门同意"),
        ):
            make_instrument(
                uow,
                lab_id=signed_in.lab_id,
                state=state,
                share_mode=mode,
                original_value_fen=value,
                filed_on=date(2026, 4, 1) if filed else None,
                filing_exemption=exempt,
            )
    (unit,) = records(client, "units")
    rates = ("submittedRates", "activatedRates", "totalShareRates", "externalShareRates")
    assert [unit[name] for name in rates] == ["66.67", "50.00", "66.67", "33.33"]
    assert (unit["instruments"], unit["serviceIncome"]) == ("5", "0.00")
