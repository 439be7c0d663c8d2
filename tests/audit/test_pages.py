"""A record's history and a person's, in words, one link away from the record."""

import pytest
from bs4 import BeautifulSoup

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.audit.queries.subjects import names_of
from booking.ledger.actions.prepay import Payment, top_up
from booking.reservations.actions.keep_quote import keep_quote
from booking.reservations.actions.reserve import reserve
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.invoices import make_dealing, make_invoice, make_payment
from tests.factories.reservation_values import between
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")


@pytest.fixture
def told(write, clock, client):
    """A booking that a lab made for somebody, and an auditor at the door."""
    with write() as uow:
        scene = make_scene(uow)
        wish = scene.wish(on_behalf_of=scene.member.id)
        made = reserve(uow, wish, actor=scene.manager, now=clock.now())
        auditor = open_session(uow, make_staff(uow, Role.AUDITOR), now=clock.now())
        outsider = open_session(uow, scene.member, now=clock.now())
        facts = {"number": made.number, "scene": scene, "outsider": outsider}
    be(client, auditor)
    return facts


def shown(client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.text, "html.parser")


def links(page: BeautifulSoup) -> set[str]:
    return {str(link["href"]) for link in page.select("main a[href]")}


def test_the_history_of_a_record_says_who_for_whom_and_leads_on(told, client):
    scene, address = told["scene"], f"/audit/subjects/reservation/{told['number']}"
    page = shown(client, address)
    assert page.h1 is not None
    assert scene.instrument.name in page.h1.get_text()
    row = page.select("tbody tr")[0].get_text(" ", strip=True)
    assert all(said in row for said in ("预约已确认", scene.manager.name, "代", scene.member.name))
    assert {
        f"/reservations/{told['number']}",
        f"/audit/people/{scene.manager.id}",
        f"/audit/subjects/user/{scene.member.id}",
    } <= links(page)


def test_the_history_of_a_person_names_what_they_touched(told, client):
    scene = told["scene"]
    page = shown(client, f"/audit/people/{scene.manager.id}")
    assert scene.manager.email in page.get_text()
    assert scene.instrument.name in page.select("tbody tr")[0].get_text()
    assert f"/audit/subjects/reservation/{told['number']}" in links(page)
    assert f"/audit/subjects/user/{scene.manager.id}" in links(page)


@pytest.mark.parametrize("path", ["/audit/subjects/reservation/R-0", "/audit/people/999999999"])
def test_what_nothing_is_told_of_is_not_found(told, client, path):
    assert client.get(path).status_code == 404


def test_records_lead_to_their_history_for_those_who_may_read_it(told, client):
    number = told["number"]
    history = f"/audit/subjects/reservation/{number}"
    assert history in links(shown(client, f"/reservations/{number}"))
    organisation = told["scene"].company.key
    there = shown(client, f"/organisations/{organisation}")
    assert f"/audit/subjects/organisation/{organisation}" in links(there)
    be(client, told["outsider"])
    assert history not in links(shown(client, f"/reservations/{number}"))


def test_every_kind_of_subject_is_named_in_one_statement(uow):
    scene = make_scene(uow)
    made = make_reservation(uow, scene, between("11-24 12:00", "14:00"), now=MONDAY)
    subjects = [
        f"reservation:{made.number}",
        f"instrument:{scene.instrument.key}",
        f"organisation:{scene.company.key}",
        f"user:{scene.member.id}",
        "user:unknown",
        "job:tidy_up",
        "statement:S-0",
    ]
    assert names_of(uow.session, subjects) == {
        subjects[0]: scene.instrument.name,
        subjects[1]: scene.instrument.name,
        subjects[2]: scene.company.name,
        subjects[3]: scene.member.name,
    }


def test_what_is_paid_and_offered_is_named_by_its_company_or_instrument(uow):
    dealing, scene = make_dealing(uow), make_scene(uow)
    company = dealing.company.name
    quote = keep_quote(uow, scene.wish(), actor=scene.member, now=MONDAY)
    paid = Payment(amount_fen=100, bank_reference="B-1")
    account = top_up(uow, company, dealing.provider.key, paid=paid, actor=HOUSE, now=MONDAY)
    named = {
        f"invoice:{make_invoice(uow, dealing).reference}": company,
        f"payment:{make_payment(uow, dealing).reference}": company,
        f"prepayment:{account}": company,
        f"quote:{quote.number}": scene.instrument.name,
    }
    unnamed = ["prepayment:x", "batch:B-0", "adjustment_limit:1", "invoices:keeping"]
    assert names_of(uow.session, [*named, *unnamed]) == named


def test_the_history_of_an_invoice_says_what_it_is_and_leads_to_it(write, clock, client):
    with write() as uow:
        invoice = make_invoice(uow, make_dealing(uow), checked=True, now=clock.now())
        be(client, open_session(uow, make_staff(uow, Role.AUDITOR), now=clock.now()))
        reference = invoice.reference
    page = shown(client, f"/audit/subjects/invoice/{reference}")
    assert "发票" in page.select("main header")[0].get_text()
    assert "已登记 → 已核对" in page.select("tbody tr")[0].get_text(" ", strip=True)
    assert f"/invoices/{reference}" in links(page)
