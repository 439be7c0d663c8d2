"""Which what-ifs were kept, and what they said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.accounts.models import User
from booking.kernel.errors import NotFound
from booking.organisations.models import Organisation
from booking.subsidies.models.simulation import Simulation
from booking.subsidies.states import SimulationState


@dataclass(frozen=True, slots=True)
class SimulationRow:
    """One as lists show it."""

    id: int
    period: str
    asked: dict[str, Any]
    state: SimulationState
    done: int
    total: int
    inputs_sha256: str
    error: str
    asked_by: str | None
    asked_at: datetime
    ended_at: datetime | None

    @property
    def going(self) -> bool:
        return self.state in {SimulationState.QUEUED, SimulationState.RUNNING}

    @property
    def programmes(self) -> list[str]:
        """What was tried, as `ID v2`."""
        return [f"{terms['id']} v{terms['version']}" for terms in self.asked["programmes"]]


@dataclass(frozen=True, slots=True)
class SimulationView:
    """One with its result."""

    row: SimulationRow
    result: dict[str, Any] | None


_ROWS: sa.Select[*tuple[Any, ...]] = sa.select(
    col(Simulation.id),
    col(Simulation.period),
    col(Simulation.asked),
    col(Simulation.state),
    col(Simulation.done),
    col(Simulation.total),
    col(Simulation.inputs_sha256),
    col(Simulation.error),
    col(User.name),
    col(Simulation.asked_at),
    col(Simulation.ended_at),
).join_from(Simulation, User, col(User.id) == col(Simulation.asked_by), isouter=True)


def simulations(
    session: Session, *, limit: int = 50, before: int | None = None
) -> list[SimulationRow]:
    """What was kept, newest first."""
    query = _ROWS.order_by(col(Simulation.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(Simulation.id) < before)
    return [SimulationRow(*row) for row in session.execute(query)]


def simulation_view(session: Session, key: int) -> SimulationView:
    """One that was kept, or NotFound."""
    query = _ROWS.add_columns(col(Simulation.result)).where(col(Simulation.id) == key)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(simulation=key)
    return SimulationView(SimulationRow(*found[:-1]), found[-1])


def simulation_to_write(session: Session, key: int) -> Simulation:
    """The one that is being reckoned."""
    return session.get_one(Simulation, key)


def next_simulation(session: Session, *, begun_before: datetime) -> Simulation | None:
    """The oldest that waits, or whose process ended before it did; nobody else takes it."""
    query = (
        select(Simulation)
        .where(
            sa.or_(
                col(Simulation.state) == SimulationState.QUEUED,
                sa.and_(
                    col(Simulation.state) == SimulationState.RUNNING,
                    col(Simulation.started_at) < begun_before,
                ),
            )
        )
        .order_by(col(Simulation.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.exec(query).first()


def names_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The names of organisations; a thousand at a time, as SQLite allows."""
    keys: Sequence[int] = sorted(ids)
    found: dict[int, str] = {}
    for start in range(0, len(keys), 900):
        query = sa.select(col(Organisation.id), col(Organisation.name)).where(
            col(Organisation.id).in_(keys[start : start + 900])
        )
        found |= {row[0]: row[1] for row in session.execute(query)}
    return found
