"""No page of another site acts in the name of who looks at it: every unsafe route, every trick."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.access.asking import PASSES, Asking, Case, Plan
from tests.access.doors import table
from tests.access.inventory import Route
from tests.access.world.people import VISITOR
from tests.access.world.records import NONE, OWN
from tests.hostile.corpus import FOREIGN
from tests.hostile.fields import who_passes

OURS = {"sec-fetch-site": "same-origin", "origin": "http://testserver"}


def unsafe_routes() -> dict[Route, tuple[Case, str]]:
    """Every route that changes something, with somebody signed in who passes it."""
    return {
        case.route: (case, who_passes(row))
        for case, row in table().items()
        if case.route.method not in {"GET", "HEAD"} and case.kind in {OWN, NONE}
    }


@contextmanager
def writes(asking: Asking) -> Iterator[list[str]]:
    """The statements that change something."""
    found: list[str] = []

    def note(*told: object) -> None:
        statement = str(told[2])
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(statement)

    sa.event.listen(asking.connection, "before_cursor_execute", note)
    yield found
    sa.event.remove(asking.connection, "before_cursor_execute", note)


def from_(plan: Plan, headers: dict[str, str]) -> Plan:
    return replace(plan, ask=replace(plan.ask, headers={**plan.ask.headers, **headers}))


@pytest.mark.slow
def test_every_unsafe_route_refuses_what_comes_from_elsewhere(here: Asking) -> None:
    let_in = []
    with writes(here) as changed:
        for case, who in unsafe_routes().values():
            plan = here.plan(case, who)
            for headers in FOREIGN:
                answer = here.answer(from_(plan, headers), who)
                if answer.status_code != 403:
                    let_in.append(f"{plan.method} {plan.path} {headers}: {answer.status_code}")
    assert let_in == []
    assert changed == []


@pytest.mark.slow
def test_what_would_have_been_done_is_done_for_our_own_pages(here: Asking) -> None:
    """Or the other test would prove nothing."""
    with writes(here) as changed:
        passed = {
            here.answer(from_(here.plan(case, who), OURS), who).status_code < 400
            for case, who in unsafe_routes().values()
            if who != VISITOR and table()[case][who] == PASSES
        }
    assert passed == {True}
    assert len(changed) > 100


def test_no_form_of_html_reads_as_json(here: Asking) -> None:
    """`enctype=text/plain` lets a form write JSON; the origin stops it, and so does the type."""
    case, who = unsafe_routes()[Route("/api/v1/organisations", "POST")]
    plan = here.plan(case, who)
    disguised = Plan(
        plan.method,
        plan.path,
        replace(plan.ask, json=None, text='{"name": "x"}', headers={"content-type": "text/plain"}),
        plan.named,
    )
    assert here.answer(disguised, who).status_code == 422
