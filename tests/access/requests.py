"""What is asked of each route: something that its validation lets pass, so that the door answers.

A body may name records: `at("labs/{lab_id}")` is one of the kind that is being asked for, and the
route then gets a row for each kind.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from booking.access.roles import COMPANY_ROLES, Role
from tests.access.world.marks import company_marks
from tests.access.world.people import PROVIDER_ADMIN
from tests.access.world.records import Value
from tests.factories.organisations import some_uscc
from tests.subsidies.requests import line, programme


@dataclass(frozen=True)
class At:
    """Who asks, and what the records are called that are asked for."""

    who: str
    named: Callable[[str], Value]

    def __call__(self, key: str) -> Value:
        return self.named(key)


@dataclass(frozen=True)
class Ask:
    """What goes with the address."""

    json: object = None
    form: Mapping[str, Value] | None = None
    text: str | None = None
    file: bytes | None = None
    query: Mapping[str, Value] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


NOON = {"starts_at": "2026-11-30T12:00:00+08:00", "ends_at": "2026-11-30T13:00:00+08:00"}
LOCAL_NOON: dict[str, Value] = {"starts_at": "2026-11-30T12:00", "ends_at": "2026-11-30T13:00"}
TAKEN = {"starts_at": "2026-11-25T10:30:00+08:00", "ends_at": "2026-11-25T11:30:00+08:00"}
LOCAL_TAKEN: dict[str, Value] = {"starts_at": "2026-11-25T10:30", "ends_at": "2026-11-25T11:30"}
WEEK = [{"weekday": 1, "opens": "08:00", "closes": "18:00"}]
COMPANY: dict[str, Value] = {"name": "新公司", "kind": "enterprise", "district": "fengxi"}
QUALIFICATION: dict[str, Value] = {"code": "sfui_sme", "valid_from": "2026-01-01"}
LAB: dict[str, Value] = {"name": "新实验室", "district": "fengxi"}
WHY: dict[str, Value] = {"reason": "说明"}
PRICES = {"enterprise": {"hour": "10.00"}}
YEAR = {"source": "国办通知", "days": []}
BANK = "bank_transaction_number,loan_id,date,kind,amount\n"
STEP: dict[str, Value] = {"step": "suspend", "reason": "说明"}
SELF, GOOD = company_marks("ours", 1)["email"], "ein-gutes-Wort-57"
INSTRUMENT, ORGANISATION = "instruments/{instrument_id}", "organisations/{organisation_id}"
LOAN, LAB_OF = "loans/{number}", "labs/{lab_id}"


def _use(at: At) -> Ask:
    return Ask(json={"instrument_id": at(INSTRUMENT), **NOON})


def _booking(at: At) -> Ask:
    wish = {"instrument_id": at(INSTRUMENT), **NOON, "purpose": "断口"}
    return Ask(json={**wish, "on_behalf_of": SELF} if at.who == Role.CENTRE_ADMIN else wish)


def _booking_form(at: At) -> Ask:
    wish: dict[str, Value] = {**LOCAL_NOON, "purpose": "断口"}
    return Ask(form={**wish, "on_behalf_of": SELF} if at.who == Role.CENTRE_ADMIN else wish)


def _card(at: At) -> Ask:
    return Ask(json={"name": "新仪器", "lab_id": at(LAB_OF)})


def _card_page(at: At) -> Ask:
    return Ask(form={"name": "新仪器", "lab_id": at(LAB_OF)})


def _loan(at: At) -> Ask:
    terms = {"number": "NEW-1", "bank": "示例银行", "credit_limit": "1.00", "annual_rate": "0.03"}
    days = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    return Ask(json={**terms, **days, "organisation_id": at(ORGANISATION)})


def _member(at: At) -> Ask:
    newcomer: dict[str, Value] = {"email": "new@ours.example", "name": "新人", "password": GOOD}
    if at.who in {*COMPANY_ROLES, PROVIDER_ADMIN} or at.who.startswith("centre"):
        return Ask(form={**newcomer, "role": "company_member"})
    return Ask(form={**newcomer, "role": "operator", "lab_id": at(LAB_OF)})


def _bank_file(at: At) -> Ask:
    headers = {"content-type": "text/csv"}
    return Ask(headers=headers, text=f"{BANK}TX-NEW,{at(LOAN)},2026-03-01,draw,1.00\n")


def _bank_page(at: At) -> Ask:
    return Ask(file=f"{BANK}TX-NEW,{at(LOAN)},2026-03-01,draw,1.00\n".encode())


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


def _json(body: object) -> Callable[[At], Ask]:
    return lambda _: Ask(json=body)


def _form(**fields: Value) -> Callable[[At], Ask]:
    return lambda _: Ask(form=fields)


_STEPS: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/instruments/{instrument_id}/return": _json(WHY),
    "POST /api/v1/instruments/{instrument_id}/suspension": _json(WHY),
    "POST /api/v1/reservations/{number}/cancellation": _json(WHY),
    "POST /api/v1/reservations/{number}/rejection": _json(WHY),
    "POST /api/v1/reservations/{number}/dispute": _json(WHY),
    "POST /api/v1/reservations/{number}/resolution": _json(WHY),
    "POST /api/v1/statements/{number}/objection": _json({"text": "不对"}),
    "POST /api/v1/statements/{number}/objections/{objection_id}/answer": _json({"text": "对"}),
    "POST /api/v1/statements/{number}/withdrawal": _json(WHY),
    "POST /reservations/{number}/cancellation": _form(**WHY),
    "POST /reservations/{number}/rejection": _form(**WHY),
    "POST /reservations/{number}/dispute": _form(**WHY),
    "POST /reservations/{number}/resolution": _form(**WHY),
    "POST /statements/{number}/objection": _form(text="不对"),
    "POST /statements/{number}/objections/{objection_id}/answer": _form(text="对"),
    "POST /statements/{number}/withdrawal": _form(**WHY),
}

ASKS: dict[str, Callable[[At], Ask]] = {
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
    "PATCH /api/v1/instruments/{instrument_id}": _json({"name": "改名"}),
    "PATCH /api/v1/organisations/{organisation_id}": _json({"bank_name": "新行"}),
    "POST /account": _form(name="新名", locale="zh_CN"),
    "POST /account/password": _form(
        current_password="demo-demo-demo", new_password="another-long-one"
    ),
    "POST /account/tokens": _form(token_name="new"),
    "POST /api/v1/instruments": _card,
    "POST /api/v1/instruments/{instrument_id}/closures": _json({**NOON, "kind": "maintenance"}),
    "POST /api/v1/instruments/{instrument_id}/tariffs": _json(
        {"valid_from": "2027-01-01T00:00:00+08:00", "classes": PRICES}
    ),
    "POST /api/v1/loans": _loan,
    "POST /api/v1/loans/{number}/transactions": _bank_file,
    "POST /api/v1/organisations": _registration,
    "POST /api/v1/organisations/{organisation_id}/labs": _json(LAB),
    "POST /api/v1/organisations/{organisation_id}/qualifications": _json(QUALIFICATION),
    "POST /api/v1/organisations/{organisation_id}/verification": _json(STEP),
    "POST /api/v1/programmes": _json(programme("NEW")),
    "POST /api/v1/programmes/{code}/activation": _json({"version": 1, "document": "示例文号"}),
    "POST /api/v1/programmes/{code}/versions": lambda at: Ask(
        json=programme(
            str(at("programmes/{code}")),
            version=2,
            valid={"from": "2027-01-01", "to": "2027-12-31"},
        )
    ),
    "POST /api/v1/quotes": _use,
    "POST /api/v1/reservations": _booking,
    "POST /api/v1/reservations/{number}/reschedule": _json(NOON),
    "POST /api/v1/settlements": _json({"period": "2026-05"}),
    "POST /api/v1/subsidy-evaluations": _json({"programmes": [programme()], "lines": [line()]}),
    "POST /api/v1/tokens": _json({"email": SELF, "password": "demo-demo-demo", "name": "new"}),
    "POST /instruments/{instrument_id}/reservations": _booking_form,
    "POST /loans/transactions": _bank_page,
    "POST /manage/calendar": _form(year=2027, source="国办通知", days="2027-02-06 holiday 春节"),
    "POST /manage/instruments": _card_page,
    "POST /manage/instruments/{instrument_id}": _form(name="改名", units=2),
    "POST /manage/instruments/{instrument_id}/closures": _form(**LOCAL_NOON, kind="maintenance"),
    "POST /manage/instruments/{instrument_id}/days": _form(day="2026-12-02", windows="08:00-12:00"),
    "POST /manage/instruments/{instrument_id}/days/removal": _form(day="2026-12-02"),
    "POST /manage/instruments/{instrument_id}/hours": _form(day_1="08:30-18:00"),
    "POST /manage/instruments/{instrument_id}/policy": _form(grid_minutes=30),
    "POST /manage/instruments/{instrument_id}/steps": _form(action="submit"),
    "POST /manage/instruments/{instrument_id}/tariffs": _form(
        valid_from="2027-01-01", enterprise_hour="10.00"
    ),
    "POST /organisations": _registration_page,
    "POST /organisations/{organisation_id}": _form(district="fengxi"),
    "POST /organisations/{organisation_id}/labs": _form(**LAB),
    "POST /organisations/{organisation_id}/members": _member,
    "POST /organisations/{organisation_id}/qualifications": _form(**QUALIFICATION),
    "POST /organisations/{organisation_id}/registration": _registration_page,
    "POST /organisations/{organisation_id}/steps": _form(**STEP),
    "POST /people": _form(email="new@centre.example", name="新人", role="auditor", password=GOOD),
    "POST /programmes": _form(document=json.dumps(programme("NEW"))),
    "POST /programmes/{code}/activation": _form(version=1, document="示例文号"),
    "POST /reservations/{number}/move": _form(**LOCAL_NOON),
    "POST /sign-in": _form(email=SELF, password="demo-demo-demo"),
    "PUT /api/v1/calendar/{year}": _json(YEAR),
    "PUT /api/v1/instruments/{instrument_id}/days/{day}": _json({"windows": []}),
    "PUT /api/v1/instruments/{instrument_id}/opening-hours": _json(WEEK),
    "PUT /api/v1/instruments/{instrument_id}/policy": _json({"grid_minutes": 30}),
    "PUT /api/v1/labs/{lab_id}": _json(LAB),
}


def _taken(at: At) -> Ask:
    """A booking over a time that ours and the guest's already have."""
    return Ask(json={"instrument_id": at(INSTRUMENT), **TAKEN, "purpose": "断口"})


def _week(_: At) -> Ask:
    return Ask(query={"week": "2026-11-23"})


def _over(_: At) -> Ask:
    return Ask(query={"start": TAKEN["starts_at"], "end": TAKEN["ends_at"]})


def _fault(_: At) -> Ask:
    return Ask(json={**TAKEN, "kind": "fault", "reason": "故障"})


def _in_parts(query: dict[str, Value]) -> Callable[[At], Ask]:
    return lambda _: Ask(query=query, headers={"hx-request": "true"})


# Asked besides, for what answers tell: other queries, other kinds of file, refusals over a time
# that is taken. `{kind}` stands for csv above.
MORE: tuple[tuple[str, Callable[[At], Ask]], ...] = (
    ("GET /instruments/{instrument_id}", _week),
    ("GET /instruments/{instrument_id}", _in_parts({"week": "2026-11-16"})),
    ("GET /instruments/{instrument_id}/booking", _over),
    ("GET /instruments/{instrument_id}/subsidy-estimate", _over),
    ("GET /api/v1/instruments/{instrument_id}/availability", _over),
    ("GET /api/v1/instruments", lambda _: Ask(query={"free_from": TAKEN["starts_at"]})),
    ("GET /instruments", lambda _: Ask(query={"q": "示例"})),
    ("GET /instruments", lambda _: Ask(query={"q": "秘"})),
    ("GET /api/v1/instruments", lambda _: Ask(query={"q": "秘"})),
    ("GET /api/v1/organisations", lambda _: Ask(query={"q": "秘"})),
    ("GET /organisations", lambda _: Ask(query={"q": "秘"})),
    ("GET /people", lambda _: Ask(query={"q": "hushed"})),
    ("GET /api/v1/slots", lambda _: Ask(query={**_over(_).query, "duration_minutes": 30})),
    ("POST /api/v1/quotes", lambda at: Ask(json={"instrument_id": at(INSTRUMENT), **TAKEN})),
    ("POST /api/v1/reservations", _taken),
    ("POST /instruments/{instrument_id}/reservations", _form(**LOCAL_TAKEN, purpose="断口")),
    ("POST /api/v1/reservations/{number}/reschedule", _json(TAKEN)),
    ("POST /reservations/{number}/move", _form(**LOCAL_TAKEN)),
    ("POST /api/v1/instruments/{instrument_id}/closures", _fault),
    ("POST /api/v1/instruments/{instrument_id}/closures", _json({**TAKEN, "kind": "maintenance"})),
    ("POST /manage/instruments/{instrument_id}/closures", _form(**LOCAL_TAKEN, kind="fault")),
    ("GET /day", lambda _: Ask(query={"day": "2026-11-25"})),
    ("GET /day", lambda _: Ask(query={"day": "2026-11-21"})),
    ("GET /reservations", lambda _: Ask(query={"whose": "company"})),
    ("GET /reservations/past", lambda _: Ask(query={"whose": "company"})),
    ("GET /api/v1/audit", lambda _: Ask(query={"limit": 200})),
    ("GET /api/v1/reservations", lambda _: Ask()),
    ("GET /api/v1/charges", lambda _: Ask()),
    ("GET /api/v1/statements", lambda _: Ask()),
    ("GET /api/v1/utilisation", lambda _: Ask(query={"period": "2026-11", "by": "instrument"})),
    ("GET /api/v1/utilisation", lambda _: Ask(query={"period": "2026-11", "by": "organisation"})),
    ("GET /utilisation", lambda _: Ask(query={"period": "2026-11", "by": "organisation"})),
    ("GET /settlements/{period}", lambda _: Ask(query={"lang": "en"})),
    ("GET /statements", lambda _: Ask(query={"lang": "en"})),
    ("GET /organisations", lambda _: Ask(query={"lang": "en"})),
    ("GET /instruments/{instrument_id}", lambda _: Ask(query={"lang": "en"})),
)
# Another kind of file than csv.
KINDS_OF_FILE: tuple[tuple[str, str], ...] = (
    ("/api/v1/statements/{number}.{kind}", "xlsx"),
    ("/api/v1/statements/{number}.{kind}", "json"),
    ("/statements/{number}.{kind}", "xlsx"),
    ("/api/v1/settlements/{period}/payments.{kind}", "xlsx"),
)
