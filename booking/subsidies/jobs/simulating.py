"""Reckon what-ifs that are too large to wait for."""

import logging
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from booking.db.outside import Outside, Sent
from booking.db.patience import take_your_time
from booking.db.transactions import read_session
from booking.subsidies.actions.simulate import asked_of, fill, what_if_to_keep
from booking.subsidies.queries.simulations import next_simulation, simulation_to_write
from booking.subsidies.states import SimulationState

# How often somebody who watches sees the bar move.
_SECONDS_BETWEEN: Final = 1.0
# One that was begun and not ended by then broke off with its process.
_GIVEN_UP_AFTER: Final = timedelta(minutes=10)
_log = logging.getLogger(__name__)


def run_simulations(outside: Outside, now: datetime) -> Sent:
    """Reckon one what-if that waits; the next one waits for the next minute."""
    with outside.deed() as uow:
        row = next_simulation(uow.session, begun_before=now - _GIVEN_UP_AFTER)
        if row is None:
            return Sent()
        row.state, row.started_at = SimulationState.RUNNING, now
        key, asked = row.key, asked_of(row)
    try:
        with read_session(outside.engine) as session:
            take_your_time(session)
            answer = what_if_to_keep(session, asked, progress=_Teller(outside, key))
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits is told
        _log.exception("simulation %s broke off", key)
        _break_off(outside, key, error, now=now)
        return Sent(0, (f"simulation {key}: {type(error).__name__}",))
    with outside.deed() as uow:
        fill(simulation_to_write(uow.session, key), answer, now=now)
    return Sent(1)


def _break_off(outside: Outside, key: int, error: Exception, *, now: datetime) -> None:
    with outside.deed() as uow:
        row = simulation_to_write(uow.session, key)
        row.state, row.ended_at = SimulationState.FAILED, now
        row.error = type(error).__name__


class _Teller:
    """Writes how far it has come, now and then, in a short transaction of its own."""

    def __init__(self, outside: Outside, key: int) -> None:
        self._outside, self._key, self._next = outside, key, monotonic() + _SECONDS_BETWEEN

    def __call__(self, done: int) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + _SECONDS_BETWEEN
            with self._outside.deed() as uow:
                simulation_to_write(uow.session, self._key).done = done
