"""Migrations take tables that are full, and to whose rows others refer, down and up again."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from booking.jobs.books import broken_books
from booking.migrations import is_current, migrate, unmigrate
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.end_programme import sign_end
from booking.subsidies.states import ApplicationState
from tests.factories.applications import asking, make_application
from tests.factories.settled_uses import make_company, make_programme
from tests.support.clock import moment
from tests.vouchers.test_paying_providers import World

BEFORE = "94_feedback"
APPLIED, ENDED = moment("2026-10-20T09:00"), moment("2026-12-01T02:00")
_GUARDS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'index')",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    " UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
}
_BOOKS = (
    "SELECT kind, organisation_id, SUM(amount_fen) FROM ledger_account"
    " JOIN ledger_entry ON account_id = ledger_account.id"
    " GROUP BY kind, organisation_id ORDER BY kind, organisation_id"
)


@pytest.fixture
def full(engine: Engine, write) -> Engine:
    """With applications that have papers, a version that ended, and vouchers paid and returned."""
    with write() as uow:
        world = World(uow)
        world.pay(uow)
        world.cheaper(uow, 150_000)
        make_programme(uow, asking())
        for state in (ApplicationState.ACCEPTED, ApplicationState.REVOKED):
            make_application(uow, make_company(uow).key, now=APPLIED, state=state)
        for person in (11, 12):
            last_day = date(2026, 10, 25)
            sign_end(uow, Which("P"), last_day, document="X", actor_id=person, now=ENDED)
    return engine


def told(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_rows_refusals_and_books_are_as_before(full, write):
    guards = _GUARDS[full.dialect.name]
    papers = "SELECT application_id, file_id FROM application_file ORDER BY id"
    kept = [sorted(told(full, guards)), told(full, _BOOKS), told(full, papers)]
    unmigrate(full, BEFORE)
    migrate(full)
    assert [sorted(told(full, guards)), told(full, _BOOKS), told(full, papers)] == kept
    with write() as uow:
        assert list(broken_books(uow.session)) == []


def test_rows_are_bound_to_one_another_again_afterwards(full):
    if full.dialect.name == "postgresql":
        pytest.skip("PostgreSQL never lets go of them")
    unmigrate(full, BEFORE)
    assert told(full, "PRAGMA foreign_keys") == [(1,)]
    migrate(full)
    assert told(full, "PRAGMA foreign_keys") == [(1,)]


def test_a_step_after_which_a_row_is_lost_is_not_kept(full):
    if full.dialect.name == "postgresql":
        pytest.skip("PostgreSQL never lets go of them")
    unmigrate(full, BEFORE)
    with full.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("DROP TRIGGER application_file_late")
        driver.execute(
            "INSERT INTO application_file (application_id, file_id, code) VALUES (404, 1, 'X')"
        )
        driver.execute(
            "CREATE TRIGGER application_file_late BEFORE INSERT ON application_file"
            " BEGIN SELECT 1; END"
        )
        driver.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(RuntimeError, match="application_file"):
        migrate(full)
    assert not is_current(full)
    assert told(full, "SELECT version_num FROM alembic_version") == [(BEFORE,)]
    assert told(full, "PRAGMA foreign_keys") == [(1,)]
