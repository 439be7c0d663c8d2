"""Deeds do not commit, and one file writes holds."""

import ast

import pytest

from tests.support.sources import ROOT, called_name, calls, modules, place

ENDINGS = {"commit", "rollback"}
WRITERS = {"insert", "update", "delete", "insert_unless_exists", "add", "add_all", "bulk_save"}
HOLDS = "booking/instruments/holds.py"


def where(path, call: ast.Call) -> str:
    return f"{place(path)}:{call.lineno}"


def test_only_the_database_room_and_the_runner_of_jobs_end_transactions():
    allowed = ("booking/db/", "booking/jobs/", "booking/migrations/")
    found = [
        where(path, call)
        for path in modules()
        for call in calls(path)
        if called_name(call) in ENDINGS and isinstance(call.func, ast.Attribute)
    ]
    assert [place for place in found if not place.startswith(allowed)] == []
    assert any(place.startswith("booking/db/") for place in found), "this test sees nothing"


def writes_a_hold(call: ast.Call) -> bool:
    """`SlotHold(…)`, `insert(HOLD)`, `HOLD.insert()`, in whatever spelling."""
    if called_name(call) == "SlotHold":
        return True
    looked_at = [*call.args, *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]
    names = {node.id for part in looked_at for node in ast.walk(part) if isinstance(node, ast.Name)}
    return called_name(call) in WRITERS and bool(names & {"SlotHold", "HOLD"})


def test_only_one_file_writes_holds():
    writing = {place(path) for path in modules() for call in calls(path) if writes_a_hold(call)}
    assert writing == {HOLDS}


@pytest.mark.parametrize("verb", ["insert into", "update", "delete from"])
def test_nobody_writes_holds_in_plain_sql(verb):
    spelt = [
        place(path)
        for path in modules()
        if f"{verb} slot_hold" in " ".join(path.read_text("utf-8").lower().split())
        and place(path) != HOLDS
    ]
    assert spelt == []
    assert (ROOT / HOLDS).exists()
