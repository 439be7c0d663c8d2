"""What the panel and the quote say with a voucher is what booking, charge and statement come to."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from booking.access.roles import Role
from booking.jobs.books import broken_books
from booking.kernel.periods import Period
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.use_record import UseRecord
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.statement import StatementLine
from tests.factories.accounts import be, bearer, make_member, make_staff, open_session
from tests.factories.organisations import make_qualification
from tests.factories.reservation_values import at
from tests.factories.reservations import make_scene
from tests.factories.settled_uses import make_programme
from tests.factories.vouchers import make_voucher, pots
from tests.subsidies.requests import programme, tiers

SPAN = {"starts_at": "2026-11-24T12:00:00+08:00", "ends_at": "2026-11-24T14:00:00+08:00"}
INSTANTS = {"start": SPAN["starts_at"], "end": SPAN["ends_at"]}
LOCAL = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00"}
HTMX = {"HX-Request": "true"}
NOVEMBER = Period.parse("2026-11")

# The list price is 1840.00: two hours at 800.00, two samples at 120.00; half of it by voucher.
CASES = {
    "a rate on the rest": ([programme()], ["276.00"], "644.00"),
    "a cap that the rest does not reach": (
        [programme(caps=[{"scope": "user", "amount": "300.00"}])],
        ["276.00"],
        "644.00",
    ),
    "two programmes share the rest and not the price": (
        [programme("A", rate=tiers("0.70")), programme("B", rate=tiers("0.60"))],
        ["644.00", "276.00"],
        "0.00",
    ),
    "too little is left for the least amount": (
        [programme(eligibility={"min_amount": "1000.00"})],
        ["0.00"],
        "920.00",
    ),
    "nobody whom a programme is for": (
        [programme(eligibility={"qualifications_any": ["hnte"]})],
        ["0.00"],
        "920.00",
    ),
}


class World:
    def __init__(self, uow, now) -> None:
        self.scene = make_scene(uow)
        make_qualification(uow, self.scene.company.key)
        self.voucher = make_voucher(uow, self.scene.company.key)
        self.token = bearer(uow, self.scene.member, now=now)
        self.session = open_session(uow, self.scene.member, now=now)
        self.wish = {**SPAN, "instrument_id": self.scene.instrument.key, "samples": 2}
        self.cited = {**self.wish, "voucher": self.voucher}


@pytest.fixture
def world(write, clock) -> World:
    clock.at("2026-11-23T09:00")
    with write() as uow:
        return World(uow, clock.now())


def quote(client, world, **changes) -> dict[str, Any]:
    answer = client.post("/api/v1/quotes", json=world.cited | changes, headers=world.token)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def estimate(client, world, **changes) -> BeautifulSoup:
    be(client, world.session)
    path = f"/instruments/{world.scene.instrument.key}/subsidy-estimate"
    asked = {**INSTANTS, "samples": "2", "voucher": world.voucher} | changes
    return BeautifulSoup(client.get(path, params=asked, headers=HTMX).text, "html.parser")


def panel(client, world, **changes) -> BeautifulSoup:
    be(client, world.session)
    path = f"/instruments/{world.scene.instrument.key}/booking"
    return BeautifulSoup(client.get(path, params=LOCAL | changes).text, "html.parser")


def use_as_booked(write, world, number) -> None:
    record = UseRecord(test_minutes=120, samples=2)
    with write() as uow:
        check_in(uow, number, actor=world.scene.manager, now=at("11-24 12:00"))
        check_out(uow, number, record, actor=world.scene.manager, now=at("11-24 14:00"))
        confirm(uow, number, actor=world.scene.manager, now=at("11-24 15:00"))
        confirm(uow, number, actor=world.scene.member, now=at("11-24 16:00"))


@pytest.mark.parametrize(("terms", "subsidies", "own"), CASES.values(), ids=CASES.keys())
def test_the_same_in_panel_quote_charge_and_statement(world, client, write, terms, subsidies, own):
    with write() as uow:
        for one in terms:
            make_programme(uow, one)
    told = quote(client, world)
    assert (told["total"], told["voucher"]["pays"], told["own_share"]) == ("1840.00", "920.00", own)
    assert [one["amount"] for one in told["subsidies"]] == subsidies
    shown = [dd.get_text() for dd in estimate(client, world).select(".sums dd")]
    fen_shown = [text.replace(",", "").lstrip("−") for text in shown]
    assert fen_shown[: 2 + len(subsidies)] == ["920.00", *subsidies, own]
    body = world.cited | {"purpose": "断口形貌"}
    made = client.post("/api/v1/reservations", json=body, headers=world.token)
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    use_as_booked(write, world, number)
    with write() as uow:
        assert pots(uow.session, world.voucher) == (108_000, 0, 92_000, 0)
        settle_period(uow, NOVEMBER, actor_id=None, now=at("12-01 09:00"))
        lines = uow.session.exec(select(StatementLine).where(StatementLine.reference == number))
        paid = {line.programme: line.payable_fen for line in lines}
        assert list(broken_books(uow.session)) == []
    promised = {one["programme"]: one["amount"] for one in told["subsidies"]}
    assert {code: f"{fen / 100:.2f}" for code, fen in paid.items()} == promised


def test_without_programmes_the_rest_is_the_companys(world, client):
    assert quote(client, world)["own_share"] == "920.00"
    shown = [dd.get_text() for dd in estimate(client, world).select(".sums dd")]
    assert shown == ["−920.00", "920.00", "1,080.00"]


def test_what_is_left_and_until_when_is_told(world, client):
    told = quote(client, world)["voucher"]
    assert (told["left"], told["valid_to"], told["reasons"]) == ("1080.00", "2026-12-31", [])
    said = estimate(client, world).get_text(" ")
    assert "1,080.00" in said
    assert "2026年12月31日" in said


def test_a_kept_quote_and_a_voucher_are_cited_together(world, client, write):
    kept = client.post("/api/v1/quotes", json=world.wish | {"keep": True}, headers=world.token)
    number = kept.json()["number"]
    told = quote(client, world, quote=number)
    assert (told["total"], told["voucher"]["pays"]) == ("1840.00", "920.00")
    other = client.post(
        "/api/v1/quotes", json=world.cited | {"quote": number, "samples": 3}, headers=world.token
    )
    assert (other.status_code, other.json()["code"]) == (422, "quote.differs")
    body = world.cited | {"quote": number, "purpose": "断口形貌"}
    assert client.post("/api/v1/reservations", json=body, headers=world.token).status_code == 201
    with write() as uow:
        (booked,) = uow.session.exec(select(Reservation.quoted_fen))
        assert (booked, pots(uow.session, world.voucher)[1]) == (184_000, 92_000)


@pytest.mark.parametrize("voucher", ["V-NONE", ""])
def test_a_voucher_that_is_not_honoured_pays_nothing_and_says_why(world, client, voucher):
    told = quote(client, world, voucher=voucher)
    assert told["own_share"] == "1840.00"
    if voucher:
        assert told["voucher"]["reasons"] == ["voucher.unknown"]
        assert "没有这张创新券" in estimate(client, world, voucher=voucher).get_text()
    else:
        assert told["voucher"] is None


def test_the_voucher_of_another_company_is_not_known(world, client, write):
    with write() as uow:
        theirs = make_voucher(uow, make_scene(uow).company.key)
    assert quote(client, world, voucher=theirs)["voucher"]["reasons"] == ["voucher.unknown"]
    assert theirs not in panel(client, world).get_text()


def test_the_choice_stands_in_the_form_and_no_verdict_takes_it_away(world, client):
    page = panel(client, world, voucher=world.voucher)
    (chosen,) = page.select("#booking-form select[name=voucher] option[selected]")
    assert chosen["value"] == world.voucher
    assert "2,000.00" in chosen.get_text()
    assert "2026年12月31日" in chosen.get_text()
    assert page.select("#verdict select") == []
    # What is reckoned, with every field that bears on it, knows the choice.
    (reckoned,) = page.select("#estimate")
    assert f"voucher={world.voucher}" in str(reckoned["hx-get"])
    again = panel(client, world, voucher=world.voucher, ends_at="2026-11-24T15:00")
    assert [one["value"] for one in again.select("option[selected]")][-1] == world.voucher


def test_a_refused_booking_keeps_what_was_chosen(world, client):
    be(client, world.session)
    path = f"/instruments/{world.scene.instrument.key}/reservations"
    sent = LOCAL | {"purpose": "断口形貌", "voucher": "V-NONE"}
    answer = client.post(path, data=sent, follow_redirects=False)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert [one["value"] for one in page.select("select[name=voucher] option[selected]")] == [
        "V-NONE"
    ]


def test_who_has_none_is_offered_none(world, client, write):
    with write() as uow:
        other = make_scene(uow)
        stranger = open_session(uow, other.member, now=at("11-23 09:00"))
        auditor = open_session(uow, make_staff(uow, Role.AUDITOR), now=at("11-23 09:00"))
        colleague = make_member(uow, world.scene.company.key)
        mine = open_session(uow, colleague, now=at("11-23 09:00"))
    path = f"/instruments/{world.scene.instrument.key}/booking"
    for session, offered in ((stranger, 0), (auditor, 0), (mine, 1)):
        be(client, session)
        page = BeautifulSoup(client.get(path, params=LOCAL).text, "html.parser")
        assert len(page.select("select[name=voucher]")) == offered
