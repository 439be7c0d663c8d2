"""Which tests a run leaves out, by the options of `conftest.py`."""

import pytest


def not_wanted(config: pytest.Config, items: list[pytest.Item]) -> set[pytest.Item]:
    """Those on PostgreSQL, those that commit: whatever the run was told to do without."""
    sqlite, rolled_back = map(config.getoption, ("--only-sqlite", "--only-rolled-back"))
    return {
        item
        for item in items
        if (sqlite and _database_of(item) == "postgresql")
        or (rolled_back and "engine" in getattr(item, "fixturenames", ()))
    }


def _database_of(item: pytest.Item) -> object:
    call = getattr(item, "callspec", None)
    return call.params.get("backend") if call else None
