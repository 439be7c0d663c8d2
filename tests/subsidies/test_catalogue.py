"""The catalogue by what programmes pay: for a visitor, and for a company as it is today."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.access.actor import HOUSE, Actor
from booking.db.transactions import UnitOfWork, read_session
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.queries.subsidised import own_shares
from booking.kernel.money import fen
from booking.organisations.actions.relate import relate
from booking.subsidies.queries.catalogue import ProgrammeSubsidies
from booking.subsidies.queries.estimate import estimate_for
from tests.factories.accounts import be, make_member, open_session
from tests.factories.instruments import make_instrument, make_provider
from tests.factories.instruments import make_lab as lab_of
from tests.factories.organisations import make_organisation, make_qualification
from tests.factories.settled_uses import make_programme
from tests.subsidies.requests import programme, tiers
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
# Name, price of an hour, original value in yuan, kind, district of the provider.
CARDS = (
    ("甲", "1000.00", 400_000, "instrument", "fengxi"),
    ("乙", "800.00", 900_000, "instrument", "fengxi"),
    ("丙", "700.00", 900_000, "pilot_line", "outside"),
)
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class World:
    company: Actor
    company_id: int
    ids: dict[str, int]
    providers: dict[str, int]


@pytest.fixture
def world(write: Write) -> World:
    with write() as uow:
        company = make_organisation(uow, name="示例精工")
        make_qualification(uow, company.key)
        ids, providers = {}, {}
        for name, hour, value, kind, district in CARDS:
            provider = make_provider(uow, district=district).key
            made = make_instrument(
                uow,
                lab_id=lab_of(uow, organisation_id=provider).key,
                name=name,
                prices={"enterprise": {"hour": hour}},
                original_value_fen=value * 100,
                resource_kind=kind,
            )
            ids[name], providers[name] = made.key, provider
        index_cards(uow, list(ids.values()))
        return World(make_member(uow, company.key), company.key, ids, providers)


@pytest.fixture
def signed_in(client: TestClient, write: Write, clock: FrozenClock, world: World) -> TestClient:
    with write() as uow:
        return be(client, open_session(uow, world.company, now=clock.now()))


def found(client: TestClient, **asked: str) -> str:
    answer = client.get("/api/v1/instruments", params=asked)
    assert answer.status_code == 200, answer.text
    page = client.get("/instruments", params={**asked, "subsidised": asked.get("subsidised", "")})
    assert page.status_code == 200
    return "".join(one["name"] for one in answer.json()["items"])


def enter(write: Write, *documents: dict[str, object]) -> None:
    with write() as uow:
        for terms in documents:
            make_programme(uow, terms)


@pytest.mark.parametrize(
    ("eligibility", "names"),
    [
        ({}, "甲乙丙"),
        ({"min_original_value": "500000.00"}, "乙丙"),
        ({"resource_kinds": ["instrument"]}, "甲乙"),
        ({"provider_regions": ["xixian"]}, "甲乙"),
        ({"provider_regions": ["outside"]}, "丙"),
        ({"resource_kinds": ["instrument"], "min_original_value": "500000.00"}, "乙"),
        ({"qualifications_any": ["hnte"]}, "甲乙丙"),
    ],
)
def test_a_visitor_sees_what_any_programme_may_pay_for(client, write, world, eligibility, names):
    assert found(client, subsidised="true") == ""
    enter(write, programme(eligibility=eligibility))
    assert found(client, subsidised="true") == names


@pytest.mark.parametrize(
    ("eligibility", "names"),
    [
        ({"qualifications_any": ["tech_sme"]}, "甲乙丙"),
        ({"qualifications_any": ["hnte"]}, ""),
        ({"regions": ["xixian"]}, "甲乙丙"),
        ({"regions": ["outside"]}, ""),
    ],
)
def test_a_company_sees_what_is_paid_for_its_own_use(signed_in, write, world, eligibility, names):
    enter(write, programme(eligibility=eligibility))
    assert found(signed_in, subsidised="true") == names


def test_use_of_a_related_party_is_not_paid_for_where_the_programme_excludes_it(
    signed_in, write, world
):
    with write() as uow:
        relate(uow, world.company_id, world.providers["乙"], actor=HOUSE, now=_now())
    enter(write, programme(eligibility={"exclude": ["related_party", "internal_use"]}))
    assert found(signed_in, subsidised="true") == "甲丙"


def test_the_order_is_by_what_is_left_to_pay(client, write, world):
    assert found(client, sort="after_subsidy") == "丙乙甲"
    half = programme("H", rate=tiers("0.50"), eligibility={"resource_kinds": ["instrument"]})
    enter(write, half)
    assert found(client, sort="after_subsidy") == "乙甲丙"
    page = client.get("/instruments", params={"sort": "after_subsidy"}).text
    assert "补助后 400.00" in _text(page)
    assert "取其中最低的一档" in page


def test_a_visitor_is_told_the_least_that_any_company_gets(client, write, world):
    rates = [
        {"when": {"qualification": "hnte"}, "rate": "0.50"},
        {"when": {"qualification": "tech_sme"}, "rate": "0.10"},
    ]
    terms = programme(
        rate={"tiers": rates}, eligibility={"qualifications_any": ["hnte", "tech_sme"]}
    )
    enter(write, terms)
    page = client.get("/instruments", params={"sort": "after_subsidy"}).text
    assert "补助后 630.00" in _text(page)


def test_the_page_says_for_whom_it_was_reckoned(signed_in, write, world):
    asked = {"subsidised": "on"}
    assert "没有适用于 示例精工" in signed_in.get("/instruments", params=asked).text
    enter(write, programme())
    assert "补助按 示例精工 今天的资质估算" in signed_in.get("/instruments", params=asked).text


@pytest.mark.parametrize(
    "terms",
    [
        programme(),
        programme(rate=tiers("0.30", ceiling="0.25")),
        programme(rate={"tiers": [{"when": {"qualification": "tech_sme"}, "rate": "0.333"}]}),
        programme(rate={"tiers": [{"when": {"base_over": "750.00"}, "rate": "0.40"}]}),
        programme(brackets=[{"up_to": "500.00", "rate": "0.60"}, {"up_to": None, "rate": "0.10"}]),
        programme(rate=tiers("0.30"), caps=[{"scope": "line", "amount": "123.45"}]),
        programme(eligibility={"min_amount": "750.00"}),
        programme(eligibility={"provider_regions": ["fengxi"]}),
    ],
)
def test_it_is_what_the_booking_panel_says_of_an_hour(write, engine: Engine, world, terms):
    enter(write, terms)
    with read_session(engine) as session:
        assumed = ProgrammeSubsidies().assumed(session, world.company, day=TODAY)
        shares = own_shares(session, list(world.ids.values()), assumed.schemes)
        for name, hour, *_ in CARDS:
            estimate = estimate_for(
                session,
                world.company_id,
                instrument_id=world.ids[name],
                amount_fen=fen(hour),
                day=TODAY,
            )
            assert shares[world.ids[name]] == estimate.own_share_fen, name


def test_as_many_questions_for_many_cards_as_for_few(client, write, world, engine: Engine):
    enter(write, programme())

    def asked() -> int:
        heard: list[str] = []

        def hear(_: object, __: object, statement: str, *rest: object) -> None:
            heard.append(statement)

        sa.event.listen(engine, "before_cursor_execute", hear)
        client.get("/instruments", params={"sort": "after_subsidy", "subsidised": "on"})
        sa.event.remove(engine, "before_cursor_execute", hear)
        return len(heard)

    few = asked()
    with write() as uow:
        lab = lab_of(uow).key
        made = [make_instrument(uow, lab_id=lab).key for _ in range(20)]
        index_cards(uow, made)
    assert asked() == few


def _now() -> datetime:
    return FrozenClock().now()


def _text(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ", strip=True).split())
