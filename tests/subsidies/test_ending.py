"""Early ends and revocations through the doors: pages, JSON, letters, trail."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.notifications.models import OutboxMessage
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.end_programme import sign_end
from booking.subsidies.states import ApplicationState
from tests.factories.accounts import be, bearer, make_member, make_staff, open_session
from tests.factories.applications import asking, make_application
from tests.factories.settled_uses import make_company, make_programme
from tests.support.clock import moment

ENDING = {"last_day": "2026-10-15", "document": "示例终止文号", "version": 1}
NAMES = {"zh": "示例先申报", "en": "Example to apply to"}


@pytest.fixture
def company(write):
    with write() as uow:
        make_programme(uow, asking(name=NAMES))
        made = make_company(uow, name="示例申报公司")
        make_member(uow, made.key, Role.COMPANY_ADMIN)
        return made


@pytest.fixture
def accepted(write, company) -> int:
    with write() as uow:
        at = moment("2026-10-20T09:00")
        return make_application(uow, company.key, now=at, state=ApplicationState.ACCEPTED)


@pytest.fixture
def finance(client, write, clock):
    """One of finance after another."""

    def somebody():
        with write() as uow:
            secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
        client.cookies.clear()
        return be(client, secret)

    return somebody


def letters(uow, fact: str) -> list[str]:
    query = select(OutboxMessage).where(OutboxMessage.fact == fact).order_by(col(OutboxMessage.id))
    return [str(row.params["step"]) for row in uow.session.exec(query)]


def test_two_of_finance_end_a_version_and_who_applied_gets_a_letter(finance, accepted, write):
    first = finance()
    assert "申请提前终止" in first.get("/programmes/P").text
    assert first.post("/programmes/P/ending", data=ENDING).status_code == 303
    assert "确认：" not in first.get("/programmes/P").text
    again = first.post("/programmes/P/ending", data=ENDING)
    assert (again.status_code, "不能自己启用或确认" in again.text) == (409, True)
    second = finance()
    assert "确认：2026" in second.get("/programmes/P").text
    assert second.post("/programmes/P/ending", data=ENDING).status_code == 303
    assert "已依据示例终止文号提前终止" in second.get("/programmes/P").text
    shown = second.get(f"/applications/{accepted}").text
    assert "2026年10月15日" in shown
    assert "有效期 2026-01-01 至 2026-10-15" in shown
    with write() as uow:
        assert letters(uow, "application_step")[-1] == "programme.ended"
        events = uow.session.exec(select(AuditEntry.name)).all()
        assert {"programme.ending_asked", "programme.ended"} <= set(events)


def test_who_waits_is_told_what_may_be_done(write, company):
    with write() as uow:
        at = moment("2026-10-20T09:00")
        make_application(uow, company.key, now=at, state=ApplicationState.HANDED_IN)
        for person in (11, 12):
            day, now = date(2026, 10, 15), moment("2026-12-01T02:00")
            sign_end(uow, Which("P"), day, document="X", actor_id=person, now=now)
        assert letters(uow, "application_step")[-1] == "programme.ended_waiting"


def test_two_of_finance_withdraw_what_has_not_begun(finance, write):
    with write() as uow:
        make_programme(uow, asking("W", valid={"from": "2029-01-01", "to": "2029-12-31"}))
        place = make_company(uow)
        make_member(uow, place.key, Role.COMPANY_ADMIN)
        at = moment("2026-11-20T09:00")
        make_application(uow, place.key, code="W", now=at, state=ApplicationState.ACCEPTED)
    said = {"document": "示例作废文号", "reason": "比例录错", "version": 1}
    first = finance()
    assert "作废该版本" in first.get("/programmes/W").text
    assert first.post("/programmes/W/withdrawal", data=said).status_code == 303
    second = finance()
    assert "确认作废" in second.get("/programmes/W").text
    assert second.post("/programmes/W/withdrawal", data=said).status_code == 303
    shown = second.get("/programmes/W").text
    assert "已依据示例作废文号作废" in shown
    assert "有效期 2029-01-01 至 2029-12-31" in shown
    with write() as uow:
        assert letters(uow, "programme_step")[-1] == "programme.withdrawal_asked"
        assert letters(uow, "application_step")[-1] == "programme.withdrawn"


def test_programs_withdraw(client, write, clock):
    with write() as uow:
        make_programme(uow, asking("W", valid={"from": "2029-01-01", "to": "2029-12-31"}))
        one, two = (bearer(uow, make_staff(uow, Role.FINANCE), now=clock.now()) for _ in range(2))
    said = {"document": "示例作废文号", "reason": "比例录错"}
    asked = client.post("/api/v1/programmes/W/withdrawal", json=said, headers=one)
    assert (asked.status_code, asked.json()["ending"]["withdraws"]) == (202, True)
    done = client.post("/api/v1/programmes/W/withdrawal", json=said, headers=two)
    assert (done.status_code, done.json()["state"]) == (200, "closed")


def test_what_is_declined_goes_on(finance, company):
    first = finance()
    first.post("/programmes/P/ending", data=ENDING)
    assert finance().post("/programmes/P/ending/refusal", data={"version": 1}).status_code == 303
    assert "申请提前终止" in finance().get("/programmes/P").text


def test_finance_revokes_with_a_day_and_a_reason(finance, accepted, write):
    client, at = finance(), f"/applications/{accepted}"
    assert "撤销受理" in client.get(at).text
    refused = client.post(f"{at}/revocation", data={"first_day": "2027-10-15", "reason": "留着"})
    assert (refused.status_code, "留着" in refused.text) == (422, True)
    said = {"first_day": "2026-10-15", "reason": "材料不实"}
    assert client.post(f"{at}/revocation", data=said).status_code == 303
    shown = client.get(at).text
    assert "材料不实" in shown
    assert "2026年10月14日" in shown
    with write() as uow:
        assert letters(uow, "application_step")[-1] == "application.revoked"


def test_programs_end_and_revoke(client, company, accepted, write, clock):
    with write() as uow:
        one, two = (bearer(uow, make_staff(uow, Role.FINANCE), now=clock.now()) for _ in range(2))
    said = {"first_day": "2026-11-01", "reason": "材料不实"}
    revoked = client.post(f"/api/v1/applications/{accepted}/revocation", json=said, headers=one)
    assert revoked.status_code == 200, revoked.text
    assert (revoked.json()["state"], revoked.json()["covers_to"]) == ("revoked", "2026-10-31")
    asked = client.post("/api/v1/programmes/P/ending", json=ENDING, headers=one)
    assert (asked.status_code, asked.json()["ending"]["state"]) == (202, "asked")
    done = client.post("/api/v1/programmes/P/ending", json=ENDING, headers=two)
    assert (done.status_code, done.json()["ending"]["last_day"]) == (200, "2026-10-15")
    again = client.post("/api/v1/programmes/P/ending/refusal", json={"version": 1}, headers=two)
    assert again.status_code == 404


def test_companies_are_looked_up_at_once_however_many_get_a_letter(write, engine):
    with write() as uow:
        make_programme(uow, asking(name=NAMES))
        for _ in range(3):
            company = make_company(uow)
            make_member(uow, company.key, Role.COMPANY_ADMIN)
            at = moment("2026-10-20T09:00")
            make_application(uow, company.key, now=at, state=ApplicationState.ACCEPTED)
    heard: list[str] = []

    def hear(_: object, __: object, statement: str, *rest: object) -> None:
        heard.append(statement)

    with write() as uow:
        sa.event.listen(engine, "before_cursor_execute", hear)
        for person in (11, 12):
            at, day = moment("2026-12-01T02:00"), date(2026, 10, 15)
            sign_end(uow, Which("P"), day, document="X", actor_id=person, now=at)
        sa.event.remove(engine, "before_cursor_execute", hear)
        assert letters(uow, "application_step").count("programme.ended") == 3
    # Who else is of finance, and who of the companies.
    assert len([one for one in heard if "JOIN membership" in one]) == 2
