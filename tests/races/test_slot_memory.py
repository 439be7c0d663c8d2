"""Searches that share a memory: one that forgets everything spoils no other."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.engine import Engine

from booking.db.transactions import read_session
from booking.instruments.queries import remembered
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import SlotWish, earliest_slots
from tests.conftest import Write
from tests.factories.instruments import make_instrument, make_lab
from tests.instruments.test_slots import HOUR, NOW, WEEK

SEARCHES = 400


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hurried")
def test_more_than_is_remembered_is_found_by_many_at_once(
    engine: Engine, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "_AT_MOST", 3)
    with write() as uow:
        lab = make_lab(uow).key
        ids = [make_instrument(uow, lab_id=lab).key for _ in range(6)]
    memory = Memory()

    def search(nth: int) -> int:
        some = ids[:3] if nth % 2 else ids[3:]
        with read_session(engine) as session:
            wish = SlotWish(HOUR, WEEK, NOW)
            return len(earliest_slots(session, some, wish, limit=3, memory=memory))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(search, range(SEARCHES))) == {3}
