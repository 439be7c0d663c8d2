"""Every route, asked by everybody for every kind of record, answers as `doors.csv` says."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from booking.access.roles import Role
from booking.app import create_app
from booking.settings import Settings
from tests.access.asking import NOT_FOUND, PASSES, REFUSED, RULES, SIGN_IN, Case
from tests.access.doors import table
from tests.access.inventory import Route, inventory
from tests.access.survey import NOT_OURS, Survey
from tests.access.world.people import COMPANY_TOKEN, PROVIDER_ADMIN, VISITOR, WHO
from tests.access.world.records import ABSENT, OTHER, OWN, Record, names_in

# A published card is known to everybody, and so is what is shown with it: who may not change it is
# told so.
KNOWN_TO_ALL = (
    "instruments/{instrument_id}",
    "closures/{closure_id}",
    "pictures/{picture_id}",
    "papers/{paper_id}",
    "closure-series/{series_id}",
    "faults/{fault_id}",
)


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(database_url="sqlite://", secret_key="only-for-tests"))


def routes_of_the_table() -> set[Route]:
    return {case.route for case in table()}


def test_every_route_has_a_row(app: FastAPI) -> None:
    missing = inventory(app).keys() - routes_of_the_table()
    assert not missing, "python -m tests.access.doors prints the rows"


def test_every_row_has_a_route(app: FastAPI) -> None:
    assert routes_of_the_table() - inventory(app).keys() == set()


def test_every_row_names_the_door_in_the_code(app: FastAPI) -> None:
    doors = inventory(app)
    told = {case: row["door"] for case, row in table().items() if case.route in doors}
    assert told == {case: doors[case.route] for case in told}


def test_a_visitor_passes_public_doors_only() -> None:
    passed = {row["door"] for row in table().values() if row[VISITOR] == PASSES}
    assert passed <= {"public"}


def test_the_auditor_changes_nothing() -> None:
    """Beyond one's own account, and what anybody may ask without leaving a trace."""
    harmless = {"signed in", "arriving", "public"}
    changes = [
        case
        for case, row in table().items()
        if case.route.method != "GET"
        and row[Role.AUDITOR] in {PASSES, RULES}
        and row["door"] not in harmless
    ]
    assert changes == []


def test_a_token_passes_nothing_that_its_owner_does_not() -> None:
    wider = [
        case
        for case, row in table().items()
        if row[COMPANY_TOKEN] == PASSES and row[Role.COMPANY_ADMIN] != PASSES
    ]
    assert wider == []


def test_a_token_passes_no_door_but_those_of_its_scopes() -> None:
    passed = {row["door"] for row in table().values() if row[COMPANY_TOKEN] in {PASSES, RULES}}
    assert passed == {"public", "arriving", "signed in", "reservation:read"}


def test_records_of_others_are_not_found_rather_than_refused() -> None:
    """Refused is only who may not do it with their own either, or what everybody may know."""
    assert [f"{case} {who}" for case, who in told_of_others()] == []


def told_of_others() -> Iterator[tuple[Case, str]]:
    rows = table()
    for case, row in rows.items():
        if case.kind not in NOT_OURS or (case.kind == OTHER and of_a_public_card(case.route)):
            continue
        own = rows[Case(case.route, OWN)]
        yield from ((case, who) for who in WHO if row[who] == REFUSED and own[who] != REFUSED)


def of_a_public_card(route: Route) -> bool:
    return any(noun in route.path for noun in KNOWN_TO_ALL)


def test_who_is_refused_at_the_door_is_refused_for_every_record() -> None:
    rows = table()
    shut = {REFUSED, SIGN_IN}
    differing = [
        f"{case} {who}"
        for case, row in rows.items()
        for who in WHO
        if (absent := rows.get(Case(case.route, ABSENT))) is not None
        and absent[who] in shut
        and row[who] != absent[who]
    ]
    assert differing == []


@pytest.mark.slow
def test_every_route_answers_everybody_as_the_table_says(surveyed: Survey) -> None:
    expected = table()
    deviations = [
        f"{who}: {case.route.method} {case.route.path} ({case.kind}): {got}"
        for case, row in surveyed.passages.items()
        for who, got in row.items()
        if case not in expected or got != expected[case][who]
    ]
    assert deviations == [], "python -m tests.access.doors prints missing rows"
    assert expected.keys() == surveyed.passages.keys()


@pytest.mark.slow
def test_what_is_not_ours_is_answered_as_what_is_not_there(surveyed: Survey) -> None:
    assert surveyed.told_apart == []


@pytest.mark.slow
def test_who_reads_english_is_answered_as_who_reads_chinese(surveyed: Survey) -> None:
    assert surveyed.other_in_english == []


def test_a_route_names_its_records_by_the_longest_noun_known() -> None:
    plain, asked, kind = Record("R1"), Record("R2"), Record("csv")
    known = {"reservations/{number}": plain, "reservations/{number}/approval": asked}
    known["{kind}"] = kind
    found = {
        path: [one.record for one in names_in(path, known)]
        for path in (
            "/reservations/{number}",
            "/api/v1/reservations/{number}/approval",
            "/reservations/{number}.{kind}",
        )
    }
    assert list(found.values()) == [[plain], [asked], [plain, kind]]


def test_a_record_that_the_world_does_not_know_is_named() -> None:
    with pytest.raises(LookupError, match="jobs"):
        names_in("/jobs/{job_id}", {})


def test_one_s_own_may_be_another_thing_for_each() -> None:
    record = Record(1, other=2, mine={PROVIDER_ADMIN: 3})
    assert [record.value(OWN, who) for who in (VISITOR, PROVIDER_ADMIN)] == [1, 3]
    assert record.value(OTHER, PROVIDER_ADMIN) == 2
    assert NOT_FOUND not in record.kinds
