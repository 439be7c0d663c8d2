"""Fragments of SQL in every text and every query are words like any other, on both databases."""

from dataclasses import replace
from itertools import cycle

import pytest
import sqlalchemy as sa
from httpx2 import Response

from tests.access.asking import Asking, Case, Plan
from tests.access.doors import table
from tests.access.world.records import NONE, OWN
from tests.hostile.corpus import SQL
from tests.hostile.fields import queries, text_fields, who_passes

HARMLESS = "harmlos"


def rows_of(asking: Asking) -> dict[str, int]:
    """How many rows every table has."""
    count = 'SELECT count(*) FROM "{}"'
    with asking.undoing():
        names = sa.inspect(asking.connection).get_table_names()
        counted = {name: asking.connection.exec_driver_sql(count.format(name)) for name in names}
        return {name: result.scalar_one() for name, result in counted.items()}


def shape(answer: Response) -> tuple[int, object]:
    """What an answer says beyond the words: its status, and how many items there are."""
    if answer.headers.get("content-type", "") == "application/json":
        body = answer.json()
        return answer.status_code, len(body["items"]) if "items" in body else None
    return answer.status_code, None


@pytest.mark.slow
def test_in_every_text(asking: Asking) -> None:
    before, fragments, odd = rows_of(asking), cycle(SQL), []
    fields = list(text_fields(asking.app))
    for field in fields:
        fragment = next(fragments)
        answer = asking.answer(field.plan(asking, fragment), field.who)
        if answer.status_code < 400 or answer.status_code == 422:
            continue
        # What is refused otherwise is refused for harmless words as well.
        harmless = asking.answer(field.plan(asking, HARMLESS), field.who)
        if shape(harmless) != shape(answer):
            odd.append(f"{field}: {fragment!r}: {answer.status_code}")
    assert odd == []
    assert len(fields) > 150
    assert rows_of(asking) == before


@pytest.mark.slow
def test_in_every_query(asking: Asking) -> None:
    rows, fragments, odd, asked = table(), cycle(SQL), [], 0
    for route, name in queries(asking.app):
        case = next((Case(route, kind) for kind in (OWN, NONE) if Case(route, kind) in rows), None)
        if case is None:
            continue
        who, fragment = who_passes(rows[case]), next(fragments)
        plan = asking.plan(case, who)
        answer, harmless = (
            asking.answer(with_query(plan, name, said), who) for said in (fragment, HARMLESS)
        )
        asked += 1
        # A wildcard is no wildcard either: it finds what a harmless word finds, which is nothing.
        if answer.status_code != 422 and shape(answer) != shape(harmless):
            odd.append(f"{route} {name}={fragment!r}: {shape(answer)}, {shape(harmless)}")
    assert odd == []
    assert asked > 80


def with_query(plan: Plan, name: str, said: str) -> Plan:
    return replace(plan, ask=replace(plan.ask, query={**plan.ask.query, name: said}))
