"""The law of booking as a table: both sides of every boundary, at every edge of time."""

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from importlib import import_module

import pytest

from booking.reservations.rules.booking import RULES
from booking.reservations.rules.demand import Per
from booking.web.words import words
from tests.factories.law import Case, quota, span_in
from tests.reservations.rules.law import company, edges, offsets, quotas, relief, standing, time

TABLE: tuple[Case, ...] = (
    *standing.CASES,
    *time.CASES,
    *quotas.CASES,
    *relief.CASES,
    *company.CASES,
    *edges.CASES,
    *offsets.CASES,
)
# What no reason sets aside; how it is with busy operators depends on who is off duty.
FINAL = frozenset(
    {
        "instrument.unpublished",
        "organisation.unverified",
        "mode.not_offered",
        "span.in_past",
        "opening.no_calendar",
    }
)
EITHER = frozenset({"operator.none_free", "opening.closed"})


def codes_of_the_law() -> set[str]:
    """Every code that a rule can report, read from the rules themselves."""
    modules = [import_module(name) for name in {rule.__module__ for rule in RULES}]
    return {code for module in modules for code in _codes(ast.parse(inspect.getsource(module)))}


def _codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id != "Violation" or not node.args:
            continue
        code = node.args[0]
        if isinstance(code, ast.Constant):
            yield str(code.value)
        elif isinstance(code, ast.JoinedStr):
            family = code.values[0]
            assert isinstance(family, ast.Constant)
            assert isinstance(family.value, str)
            yield from (f"{family.value}{per}" for per in Per)


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_the_law_names_exactly_what_speaks_against_a_wish(case: Case) -> None:
    assert sorted(violation.code for violation in case.found()) == sorted(case.breaks)


def test_the_table_covers_the_law() -> None:
    assert len(TABLE) >= 120
    assert [name for name, times in Counter(map(str, TABLE)).items() if times > 1] == []


def test_every_code_stands_in_the_table_on_both_sides() -> None:
    refused = {code for case in TABLE for code in case.breaks}
    allowed = {case.about for case in TABLE if not case.breaks}
    assert refused == codes_of_the_law()
    assert allowed == codes_of_the_law()


def test_every_rule_is_broken_somewhere() -> None:
    broken = {
        rule.__name__ for case in TABLE for rule in RULES if list(rule(case.demand, case.policy))
    }
    assert broken == {rule.__name__ for rule in RULES}


def test_what_a_reason_sets_aside_is_the_same_wherever_it_is_broken() -> None:
    found = {(v.code, v.overridable) for case in TABLE for v in case.found()}
    assert {code for code, yields in found if not yields} - EITHER == FINAL
    assert {code for code, yields in found if yields} == codes_of_the_law() - FINAL


def test_a_refusal_is_the_full_list() -> None:
    """All that is broken alone is named together, in the order of the law; a code stands once for
    each period, week or booking that it is broken by."""
    alone = {case.breaks[0]: case for case in TABLE if len(case.breaks) == 1}
    worst = Case(
        "",
        "",
        span_in("11-20 22:00/11-21 02:00"),
        (),
        {
            name: value
            for code in ("organisation.unverified", "instrument.unpublished", "training.missing")
            for name, value in alone[code].said.items()
        }
        | {"mode": "self_operated", "grid_minutes": 7, "longest_minutes": 30, "modes": frozenset()}
        | {"quotas": quota("person hours day 1")},
    )
    assert [violation.code for violation in worst.found()] == [
        "instrument.unpublished",
        "organisation.unverified",
        "mode.not_offered",
        "span.in_past",
        "duration.too_long",
        "grid.off",
        "quota.person",
        "quota.person",
        "training.missing",
    ]
    assert len({words(one.code, one.params) for one in worst.found()}) == len(worst.found())
