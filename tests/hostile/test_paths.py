"""Addresses that mean to lead out of the house find nothing; names of files are for show only.

What is uploaded under such names, and bombs and twofold files: `tests/files`.
"""

from dataclasses import replace

import pytest

from tests.access.asking import Asking, Case
from tests.access.doors import table
from tests.access.world.people import VISITOR
from tests.access.world.records import OWN, names_in
from tests.hostile.corpus import PATHS
from tests.hostile.fields import who_passes

NOTHING_THERE = {303, 307, 401, 404, 405, 422}


def in_its_own_words(path: str) -> set[int]:
    """A letter's link that is none of ours looks like one that has served."""
    return {409} if "/letter/" in path else set()


def is_about_papers(path: str) -> bool:
    """Who asks about a paper that is none is told so in the answer itself."""
    return "/verify/" in path or "/verifications/" in path


@pytest.mark.slow
def test_no_part_of_an_address_leads_elsewhere(here: Asking) -> None:
    found, asked = [], 0
    for number, (case, row) in enumerate(sorted(table().items())):
        if case.kind != OWN or case.route.method != "GET" or is_about_papers(case.route.path):
            continue
        who = who_passes(row)
        for trick in PATHS[number % 3 :: 3]:
            path = case.route.path
            for one in names_in(path, here.world.records):
                path = path.replace(one.parameter, trick)
            if path == case.route.path:
                continue
            asked += 1
            answer = here.answer(replace(here.plan(Case(case.route, OWN), who), path=path), who)
            if answer.status_code not in NOTHING_THERE | in_its_own_words(case.route.path):
                found.append(f"{who}: {path[:80]}: {answer.status_code}")
            if "a=b" in answer.headers.get("set-cookie", "") or "root:" in answer.text:
                found.append(f"{who}: {path[:80]}: leads out")
    assert found == []
    assert asked > 100


@pytest.mark.parametrize("trick", PATHS)
def test_nothing_but_assets_is_under_static(here: Asking, trick: str) -> None:
    case = Case(next(case.route for case in table() if case.route.path == "/"), "-")
    plan = replace(here.plan(case, VISITOR), path=f"/static/{trick}/pyproject.toml")
    assert here.answer(plan, VISITOR).status_code == 404
