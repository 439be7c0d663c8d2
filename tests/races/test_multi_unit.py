"""Bookings of several units at once, in other orders: nobody waits in a circle.

Ten thousand rounds are `python -m bench multi_unit`; here are as many as a run has time for.
"""

import pytest
from sqlalchemy.engine import Engine

from booking.db.engine import make_engine
from tests.conftest import Write
from tests.races.square import DONE, LOCK_TIMEOUT_MS, Square
from tests.support.invariants import assert_sound

pytestmark = [pytest.mark.race, pytest.mark.slow]

ROUNDS = 200
RIVALS = 4


def test_rivals_for_overlapping_sets_of_units_never_wait_in_a_circle(
    engine: Engine, write: Write
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    patient = make_engine(
        url, lock_timeout_ms=LOCK_TIMEOUT_MS, statement_timeout_ms=LOCK_TIMEOUT_MS
    )
    square = Square.make(patient, rivals=RIVALS, seed=1)
    said = square.meet(ROUNDS)
    assert said.total() == ROUNDS * RIVALS
    assert said[DONE] > said.total() / 3, said
    assert square.deadlocks() == 0
    patient.dispose()
    with write() as uow:
        assert_sound(uow.session)
