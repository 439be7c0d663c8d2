"""The page of a card: what it shows is what is kept; what a card needs cannot be emptied."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import HOURS, UNIT
from tests.factories.accounts import be, make_lab_person, open_session
from tests.factories.instruments import make_instrument, make_lab
from tests.support.clock import FrozenClock
from tests.support.typing_in import typed_on

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def lab(client: TestClient, write: Write, clock: FrozenClock) -> int:
    """The manager of a lab is signed in; which lab it is."""
    with write() as uow:
        made = make_lab(uow).key
        be(client, open_session(uow, make_lab_person(uow, made), now=clock.now()))
    return made


CARD: dict[str, Any] = {
    "name_en": "FE-SEM",
    "classification_scheme": "gbt14885",
    "category_code": "A0205",
    "other_codes": {"moe": "03030404"},
    "source": "gift",
    "origin_country": "日本",
    "manufacturer": "示例公司",
    "model": "XM-5000",
    "general_purpose": False,
    "customs_supervised": True,
    "specs": "第一行\n第二行",
    "functions": "形貌",
    "disciplines": ["材料科学", "化学"],
    "services": "观察",
    "typical_results": "断口",
    "user_notes": "先培训",
    "fee_notes": "每小时",
    "address": "一号楼",
    "contact_name": "值班室",
    "contact_phone": "029-0",
    "contact_email": "lab@example.com",
    "share_mode": "internal",
    "resource_kind": "pilot_line",
    "aliases": ["SEM", "电镜"],
}


@pytest.fixture
def card(write: Write, lab: int) -> int:
    """A published card with something in every field, two places, and part of another."""
    with write() as uow:
        whole = make_instrument(uow, lab_id=lab).key
        return make_instrument(uow, lab_id=lab, units=2, part_of_id=whole, **CARD).key


def test_a_page_sent_as_it_came_changes_nothing(
    client: TestClient, write: Write, card: int
) -> None:
    before = _everything(write, card)
    here = f"/manage/instruments/{card}"
    assert client.post(here, data=typed_on(client.get(here).text, here)).status_code == 303
    assert _everything(write, card) == before


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("inner_id", "尚未填写内部编号"),
        ("name", "请填写"),
        ("category_code", "尚未填写分类编码"),
        ("service_modes", "尚未填写服务方式"),
        *((name, "请填写") for name in ("units", "source", "share_mode", "resource_kind")),
    ],
)
def test_what_a_published_card_needs_cannot_be_emptied(
    field: str, said: str, client: TestClient, write: Write, card: int
) -> None:
    before = _everything(write, card)
    here = f"/manage/instruments/{card}"
    typed = typed_on(client.get(here).text, here) | {field: [""], "model": ["新型号"]}
    refused = client.post(here, data=typed)
    assert refused.status_code == 422, field
    assert said in refused.text
    assert 'value="新型号"' in refused.text
    assert _everything(write, card) == before


def test_a_draft_may_wait_for_its_code_and_never_for_its_inner_id(
    client: TestClient, write: Write, lab: int
) -> None:
    with write() as uow:
        draft = make_instrument(uow, lab_id=lab, state="draft").key
    here = f"/manage/instruments/{draft}"
    typed = typed_on(client.get(here).text, here) | {"category": [""], "category_code": [""]}
    assert client.post(here, data=typed | {"inner_id": [" "]}).status_code == 422
    assert client.post(here, data=typed).status_code == 303


def test_without_a_district_a_card_has_that_of_its_lab(
    client: TestClient, write: Write, lab: int
) -> None:
    with write() as uow:
        made = make_instrument(uow, lab_id=lab, district="qinhan").key
    here = f"/manage/instruments/{made}"
    typed = typed_on(client.get(here).text, here) | {"district": [""]}
    assert client.post(here, data=typed).status_code == 303
    with write() as uow:
        assert uow.session.get_one(Instrument, made).district == "fengxi"


def test_the_json_of_a_published_card_cannot_empty_it_either(
    client: TestClient, write: Write, card: int
) -> None:
    before = _everything(write, card)
    without: list[dict[str, object]] = [
        {"inner_id": ""},
        {"category_code": ""},
        {"service_modes": []},
    ]
    for emptied in without:
        refused = client.patch(f"/api/v1/instruments/{card}", json=emptied)
        assert (refused.status_code, refused.json()["code"]) == (422, "instrument.incomplete")
    assert _everything(write, card) == before


def _everything(write: Write, card: int) -> tuple[object, ...]:
    """The card, its hours and its places."""
    hours = sa.select(HOURS.c.weekday, HOURS.c.opens, HOURS.c.closes)
    places = sa.select(UNIT.c.position, UNIT.c.active).order_by(UNIT.c.position)
    with write() as uow:
        return (
            uow.session.get_one(Instrument, card).model_dump(),
            uow.session.execute(hours.where(HOURS.c.instrument_id == card)).all(),
            uow.session.execute(places.where(UNIT.c.instrument_id == card)).all(),
        )
