"""Bodies that are not what they say, or say it twice, or without end."""

from dataclasses import replace

import pytest

from booking.access.roles import Role
from tests.access.ask import Ask
from tests.access.asking import Asking, Case, Plan
from tests.access.doors import table
from tests.access.inventory import Route
from tests.access.world.people import VISITOR
from tests.access.world.records import NONE, OWN
from tests.hostile.corpus import JSON
from tests.hostile.fields import (
    Field,
    keeps_nothing,
    routes_of,
    takes_json,
    text_fields,
    who_passes,
)

REFUSED = {400, 401, 403, 404, 413, 422}
# Nothing typed there is looked at before the link of a letter.
BEHIND_A_LINK = {"/invitation/account", "/password/new"}
IN_JSON = {"content-type": "application/json"}
OVERLONG = "a" * 100_000
# Digits that `int()` reads and nobody means.
DIGITS = "٣٤५六"


def json_plans(asking: Asking) -> list[tuple[Plan, str]]:
    """A request to each route that reads JSON, and who passes it."""
    rows, found = table(), []
    for path, method, route in routes_of(asking.app):
        at = Route(path, method)
        case = next((Case(at, kind) for kind in (OWN, NONE) if Case(at, kind) in rows), None)
        if method != "GET" and case is not None and takes_json(route):
            who = who_passes(rows[case])
            found.append((asking.plan(case, who), who))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", JSON)
def test_json_that_is_none_to_somebody(here: Asking, kind: str) -> None:
    strange = []
    plans = json_plans(here)
    for plan, who in plans:
        sent = replace(plan, ask=Ask(text=JSON[kind], headers=IN_JSON))
        answer = here.answer(sent, who)
        # Where nothing is required, nothing of it is read.
        if answer.status_code >= 500 or not (answer.status_code in REFUSED or harmless(kind)):
            strange.append(f"{plan.method} {plan.path}: {answer.status_code}")
    assert strange == []
    assert len(plans) > 20


def harmless(kind: str) -> bool:
    """A route that needs nothing may pass over an empty body, and the last of two keys counts."""
    return kind in {"a byte order mark", "no object", "duplicate keys", "prototype"}


@pytest.mark.slow
def test_a_form_is_no_json_and_json_is_no_form(here: Asking) -> None:
    strange = []
    for field in one_of_each(here):
        plan = field.plan(here, "x")
        ask = plan.ask
        other = (
            Ask(json=dict(ask.form or {}), query=ask.query)
            if field.as_form
            else Ask(form={field.name: "x"}, query=ask.query)
        )
        answer = here.answer(replace(plan, ask=other), field.who)
        if answer.status_code >= 500 or said_yes(answer.status_code, field):
            strange.append(f"{field}: {answer.status_code}")
    assert strange == []


def said_yes(status: int, field: Field) -> bool:
    """What reads nothing of a body may pass only if it needs nothing."""
    return status < 400 and not field.as_form


def one_of_each(asking: Asking) -> list[Field]:
    return list({field.route: field for field in text_fields(asking.app)}.values())


@pytest.mark.slow
def test_no_text_is_too_long_to_be_refused(here: Asking) -> None:
    answered = {
        field: here.answer(field.plan(here, OVERLONG), field.who).status_code
        for field in text_fields(here.app)
        if field.route.path not in BEHIND_A_LINK and not keeps_nothing(field)
    }
    taken = [
        f"{field}: {status}"
        for field, status in answered.items()
        if status not in REFUSED or (status == 413 and field.who == VISITOR)
    ]
    assert taken == []


@pytest.mark.parametrize("limit", [DIGITS, "1e2", "0x10", "1,2", "-1", "9" * 5000, "1\x00"])
def test_a_number_is_written_in_one_way(here: Asking, limit: str) -> None:
    plan = Plan("GET", "/api/v1/instruments", Ask(query={"limit": limit}), ())
    assert here.answer(plan, VISITOR).status_code == 422


def test_of_two_that_contradict_each_other_one_counts_everywhere(here: Asking) -> None:
    plan = Plan("GET", "/api/v1/programmes", Ask(query={"limit": ("1", "2")}), ())
    assert len(here.answer(plan, Role.FINANCE).json()["items"]) == 2


@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-http-method"])
def test_no_header_and_no_field_is_a_method(here: Asking, header: str) -> None:
    plan = Plan("POST", "/api/v1/instruments/1", Ask(headers={header: "PATCH"}), ())
    assert here.answer(plan, VISITOR).status_code == 405
    read = Plan("GET", "/sign-out", Ask(headers={header: "POST"}, query={"_method": "POST"}), ())
    assert here.answer(read, VISITOR).status_code in {404, 405}
