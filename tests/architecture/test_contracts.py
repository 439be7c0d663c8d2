"""Rooms form a stack, and so do the shelves in a room: the contracts of pyproject.toml hold."""

import subprocess
import sys
import tomllib

import pytest

from tests.support.sources import PACKAGE, ROOT

ROOMS_WITH_SHELVES = {
    "organisations",
    "accounts",
    "ledger",
    "instruments",
    "reservations",
    "billing",
    "loans",
    "utilisation",
    "subsidies",
    "notifications",
    "audit",
    "personal",
}


def test_the_import_contracts_hold():
    checker = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    ran = subprocess.run(
        [*checker, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("room", sorted(ROOMS_WITH_SHELVES))
def test_every_room_that_exists_is_under_the_contract_of_shelves(room):
    written = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = written["tool"]["importlinter"]["contracts"]
    (shelves,) = (contract for contract in contracts if "containers" in contract)
    exists = (PACKAGE / room / "__init__.py").exists()
    assert exists == (f"booking.{room}" in shelves["containers"])
