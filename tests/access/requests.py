"""What is asked of each route: something that its validation lets pass, so that the door answers.

A body may name records: `at("labs/{lab_id}")` is one of the kind that is being asked for, and the
route then gets a row for each kind."""

import json
from collections.abc import Callable

from booking.access.roles import COMPANY_ROLES, Role
from tests.access.ask import Ask, At, File, as_form, as_json
from tests.access.bodies import (
    _BOTH,
    COMPANY,
    GOOD,
    GUEST,
    HOOK,
    INSTRUMENT,
    LAB,
    LAB_OF,
    LOCAL_NOON,
    MEMBERSHIP,
    NOON,
    ORGANISATION,
    PRICES,
    QUALIFICATION,
    SELF,
    STEP,
    WEEK,
    WHY,
    YEAR,
)
from tests.access.requests_of_rooms import ROOMS
from tests.access.world.money import KIND
from tests.access.world.people import PROVIDER_ADMIN
from tests.access.world.records import Value
from tests.access.world.settled import ENDING, WITHDRAWAL
from tests.factories.files import pdf
from tests.factories.organisations import some_uscc
from tests.subsidies.requests import line, programme


def _use(at: At) -> Ask:
    return Ask(json={"instrument_id": at(INSTRUMENT), **NOON})


def _booking(at: At) -> Ask:
    wish = {"instrument_id": at(INSTRUMENT), **NOON, "purpose": "断口"}
    return Ask(json={**wish, "on_behalf_of": SELF} if at.who == Role.CENTRE_ADMIN else wish)


def _series(at: At) -> Ask:
    again = {"rrule": "FREQ=DAILY;COUNT=2"}
    wish = {"instrument_id": at(INSTRUMENT), **NOON, "purpose": "断口", **again}
    return Ask(json={**wish, "on_behalf_of": SELF} if at.who == Role.CENTRE_ADMIN else wish)


def _series_form(at: At) -> Ask:
    again = {"frequency": "daily", "every": "1", "until": "2026-12-31"}
    return Ask(form={**LOCAL_NOON, "purpose": "断口", "only_free": "on", **again})


def _booking_form(at: At) -> Ask:
    wish: dict[str, Value] = {**LOCAL_NOON, "purpose": "断口"}
    return Ask(form={**wish, "on_behalf_of": SELF} if at.who == Role.CENTRE_ADMIN else wish)


def _absence(at: At) -> Ask:
    day = "2026-12-24"
    told: dict[str, Value] = {"first": day, "last": day, "delegation_reason": "年假"}
    return Ask(form={**told, "membership": at(MEMBERSHIP), "delegate": "nobody@example.com"})


def _card(at: At) -> Ask:
    return Ask(json={"name": "新仪器", "lab_id": at(LAB_OF)})


def _member(at: At) -> Ask:
    newcomer: dict[str, Value] = {"email": "new@ours.example", "name": "新人", "password": GOOD}
    if at.who in {*COMPANY_ROLES, PROVIDER_ADMIN} or at.who.startswith("centre"):
        return Ask(form={**newcomer, "role": "company_member"})
    return Ask(form={**newcomer, "role": "operator", "lab_id": at(LAB_OF)})


def _estimate(_: At) -> Ask:
    return Ask(query={"start": NOON["starts_at"], "end": NOON["ends_at"]})


def _slots(_: At) -> Ask:
    span: dict[str, Value] = {"start": NOON["starts_at"], "end": NOON["ends_at"]}
    return Ask(query={**span, "duration_minutes": 60})


def _charges(at: At) -> Ask:
    return Ask(query={"organisation_id": at(ORGANISATION)})


def _reservations(at: At) -> Ask:
    asked = {"organisation_id": at(ORGANISATION), "instrument_id": at(INSTRUMENT)}
    return Ask(query=asked)


def _registration(_: At) -> Ask:
    return Ask(json={**COMPANY, "uscc": some_uscc()})


def _registration_page(_: At) -> Ask:
    return Ask(form={**COMPANY, "uscc": some_uscc()})


def _licence(_: At) -> Ask:
    return Ask(file=File("licence", "new.pdf", pdf()))


def _evidence(_: At) -> Ask:
    return Ask(file=File("file", "new.pdf", pdf()))


def _invitation(at: At) -> Ask:
    if at.who in {*COMPANY_ROLES, PROVIDER_ADMIN} or at.who.startswith("centre"):
        return Ask(form={"guest": GUEST, "guest_role": "company_member"})
    return Ask(form={"guest": GUEST, "guest_role": "operator", "guest_lab": at(LAB_OF)})


def _amendment(_: At) -> Ask:
    return Ask(form={**COMPANY, "uscc": some_uscc()})


_ACCOUNTS: dict[str, Callable[[At], Ask]] = {
    "POST /account/second-factor": as_form(current_password="demo-demo-demo"),
    "POST /account/second-factor/confirmation": as_form(otp="000000"),
    "POST /account/second-factor/recovery-codes": as_form(**_BOTH),
    "POST /account/second-factor/removal": as_form(**_BOTH),
    "POST /invitation/account": as_form(name="新人", new_password=GOOD),
    "POST /organisations/{organisation_id}/invitations": _invitation,
    "POST /password/forgotten": as_form(email=SELF),
    "POST /password/new": as_form(new_password=GOOD),
    "POST /people/invitations": as_form(guest=GUEST, guest_role="auditor"),
    "POST /people/{user_id}/second-factor/removal": as_form(**WHY),
    "POST /register": as_form(
        organisation_name="新团队",
        kind="startup_team",
        district="fengxi",
        name="新人",
        email=GUEST,
        phone="029-00000000",
        new_password=GOOD,
    ),
    "POST /sign-in/code": as_form(otp="000000"),
}
_PAPERS: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/qualifications/{qualification_id}/evidence": _evidence,
    "POST /api/v1/qualifications/{qualification_id}/return": as_json(WHY),
    "POST /organisations/{organisation_id}/amendment": _amendment,
    "POST /organisations/{organisation_id}/licence": _licence,
    "POST /qualifications/{qualification_id}/return": as_form(**WHY),
}
_STEPS: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/instruments/{instrument_id}/return": as_json(WHY),
    "POST /api/v1/instruments/{instrument_id}/suspension": as_json(WHY),
    "POST /api/v1/reservations/{number}/cancellation": as_json(WHY),
    "POST /api/v1/reservations/{number}/rejection": as_json(WHY),
    "POST /api/v1/reservations/{number}/dispute": as_json(WHY),
    "POST /api/v1/reservations/{number}/resolution": as_json(WHY),
    "POST /api/v1/statements/{number}/objection": as_json({"text": "不对"}),
    "POST /api/v1/statements/{number}/objections/{objection_id}/answer": as_json({"text": "对"}),
    "POST /api/v1/statements/{number}/withdrawal": as_json(WHY),
    "POST /reservations/{number}/cancellation": as_form(**WHY),
    "POST /reservations/{number}/rejection": as_form(**WHY),
    "POST /reservations/{number}/dispute": as_form(**WHY),
    "POST /reservations/{number}/resolution": as_form(**WHY),
    "POST /statements/{number}/objection": as_form(text="不对"),
    "POST /statements/{number}/objections/{objection_id}/answer": as_form(text="对"),
    "POST /statements/{number}/withdrawal": as_form(**WHY),
}
_TRAININGS: dict[str, Callable[[At], Ask]] = {
    "POST /manage/instruments/{instrument_id}/training": as_form(**LOCAL_NOON, seats=4),
    "POST /manage/training/grants/{training_grant_id}/revocation": as_form(**WHY),
    "POST /manage/training/requests/{training_request_id}/refusal": as_form(**WHY),
    "POST /manage/training/sessions/{training_session_id}/cancellation": as_form(**WHY),
    "POST /manage/training/sessions/{training_session_id}/people": lambda at: Ask(
        form={"people": at("waiting/{training_request_id}")}
    ),
}

ASKS: dict[str, Callable[[At], Ask]] = {
    **ROOMS,
    **_ACCOUNTS,
    **_TRAININGS,
    **_PAPERS,
    **_STEPS,
    "GET /api/v1/charges": _charges,
    "GET /day": lambda at: Ask(query={"lab": at(LAB_OF)}),
    "GET /api/v1/reservations": _reservations,
    "GET /api/v1/slots": _slots,
    "GET /api/v1/statements": _charges,
    "GET /api/v1/instruments/{instrument_id}/availability": lambda _: Ask(
        query={"start": NOON["starts_at"], "end": NOON["ends_at"]}
    ),
    "GET /api/v1/utilisation": lambda _: Ask(query={"period": "2026-10", "by": "lab"}),
    "GET /instruments/{instrument_id}/subsidy-estimate": _estimate,
    "PATCH /api/v1/instruments/{instrument_id}": as_json({"name": "改名"}),
    "PATCH /api/v1/organisations/{organisation_id}": as_json({"bank_name": "新行"}),
    "POST /account": as_form(name="新名", locale="zh_CN"),
    "POST /account/password": as_form(
        current_password="demo-demo-demo", new_password="another-long-one"
    ),
    "POST /account/tokens": as_form(token_name="new"),
    "POST /api/v1/instruments": _card,
    "POST /api/v1/instruments/{instrument_id}/closures": as_json({**NOON, "kind": "maintenance"}),
    "POST /api/v1/instruments/{instrument_id}/policy/withdrawal": as_json(
        {"valid_from": "2025-01-01T00:00:00Z"}
    ),
    "POST /api/v1/instruments/{instrument_id}/tariffs": as_json(
        {"valid_from": "2027-01-01T00:00:00+08:00", "classes": PRICES}
    ),
    "POST /api/v1/instruments/{instrument_id}/tariffs/withdrawal": as_json(
        {"valid_from": "2025-01-01T00:00:00Z"}
    ),
    "POST /api/v1/organisations": _registration,
    "POST /api/v1/organisations/{organisation_id}/labs": as_json(LAB),
    "POST /api/v1/organisations/{organisation_id}/qualifications": as_json(QUALIFICATION),
    "POST /api/v1/organisations/{organisation_id}/verification": as_json(STEP),
    "POST /api/v1/organisations/{organisation_id}/webhooks": as_json(
        {**HOOK, "facts": ["statement.paid"]}
    ),
    "POST /api/v1/programmes": as_json(programme("NEW")),
    "POST /api/v1/programmes/{code}/activation": as_json({"version": 1, "document": "示例文号"}),
    "POST /api/v1/programmes/{code}/discarding": as_json({"version": 1}),
    "POST /api/v1/programmes/{code}/ending": as_json({**ENDING, "version": 1}),
    "POST /api/v1/programmes/{code}/withdrawal": as_json({**WITHDRAWAL, "version": 1}),
    "POST /api/v1/programmes/{code}/ending/refusal": as_json({"version": 1, "reason": "再议"}),
    "POST /api/v1/programmes/{code}/return": as_json({"version": 1, "reason": "文号有误"}),
    "POST /api/v1/programmes/{code}/versions": lambda at: Ask(
        json=programme(
            str(at("programmes/{code}")),
            version=2,
            valid={"from": "2027-01-01", "to": "2027-12-31"},
        )
    ),
    "POST /api/v1/quotes": _use,
    "POST /api/v1/reservation-series": _series,
    "POST /api/v1/reservation-series/preview": _series,
    "POST /api/v1/reservations": _booking,
    "POST /api/v1/reservations/{number}/reschedule": as_json(NOON),
    "POST /api/v1/saved-searches": as_json({"name": "新的", "asked": {}}),
    "POST /api/v1/settlements": as_json({"period": "2026-05"}),
    "POST /api/v1/subsidy-evaluations": as_json({"programmes": [programme()], "lines": [line()]}),
    "POST /api/v1/tokens": as_json({"email": SELF, "password": "demo-demo-demo", "name": "new"}),
    "POST /account/delegations": _absence,
    "POST /instruments/{instrument_id}/reservations": _booking_form,
    "POST /instruments/{instrument_id}/series": _series_form,
    "POST /reservation-series/{number}/approval": as_form(**WHY),
    "POST /reservation-series/{number}/rejection": as_form(**WHY),
    "POST /instruments/{instrument_id}/waitlist": as_form(**LOCAL_NOON, purpose="断口"),
    "POST /api/v1/instruments/{instrument_id}/waitlist": as_json({**NOON, "purpose": "断口"}),
    "POST /reservations/{number}/fault": as_form(what="异响"),
    "POST /needs": as_form(what="镀层", by_day="2026-12-14", district="fengxi"),
    "POST /needs/board/{need_id}/offers": as_form(offer="可做", until="2026-12-14"),
    "POST /saved-searches": as_form(q="电镜", search_name="新的"),
    "POST /saved-searches/{search_id}/name": as_form(search_name="别的"),
    "POST /organisations": _registration_page,
    "POST /organisations/{organisation_id}": as_form(district="fengxi"),
    "POST /organisations/{organisation_id}/labs": as_form(**LAB),
    "POST /organisations/{organisation_id}/members": _member,
    "POST /organisations/{organisation_id}/qualifications": as_form(**QUALIFICATION),
    "POST /organisations/{organisation_id}/webhooks": as_form(**HOOK),
    "POST /organisations/{organisation_id}/registration": _registration_page,
    "POST /organisations/{organisation_id}/steps": as_form(**STEP),
    "POST /people": as_form(email="new@centre.example", name="新人", role="auditor", password=GOOD),
    "POST /people/{user_id}/guise": as_form(**WHY),
    "POST /people/{user_id}/closure": as_form(**WHY),
    "POST /people/{user_id}/reopening": as_form(**WHY),
    "POST /programmes": as_form(document=json.dumps(programme("NEW"))),
    "POST /programmes/editor": as_form(id="EDITED", kind="usage"),
    "POST /programmes/{code}/activation": as_form(version=1, document="示例文号"),
    "POST /programmes/{code}/discarding": as_form(version=1),
    "POST /programmes/{code}/ending": as_form(version=1, **ENDING),
    "POST /api/v1/loans/kinds": as_json(KIND),
    "POST /loans/kinds": as_form(kind="purchase", accepted="false", reason="本年额度已用完"),
    "POST /programmes/{code}/withdrawal": as_form(version=1, **WITHDRAWAL),
    "POST /programmes/{code}/ending/refusal": as_form(version=1),
    "POST /programmes/{code}/return": as_form(version=1),
    "POST /reservations/{number}/move": as_form(**LOCAL_NOON),
    "POST /sign-in": as_form(email=SELF, password="demo-demo-demo"),
    "PUT /api/v1/calendar/{year}": as_json(YEAR),
    "PUT /api/v1/instruments/{instrument_id}/days/{day}": as_json({"windows": []}),
    "PUT /api/v1/labs/{lab_id}/days/{day}": as_json({"windows": []}),
    "PUT /api/v1/labs/{lab_id}/opening-hours": as_json(WEEK),
    "PUT /api/v1/zone/days/{day}": as_json({"windows": []}),
    "PUT /api/v1/instruments/{instrument_id}/opening-hours": as_json(WEEK),
    "PUT /api/v1/instruments/{instrument_id}/policy": as_json({"grid_minutes": 30}),
    "PUT /api/v1/labs/{lab_id}": as_json(LAB),
}
