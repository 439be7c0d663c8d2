"""Sheets on their way in: one's own, the next to be worked on, and the cards they may mean."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, func, select

from booking.access.actor import Actor
from booking.db.transactions import read_session
from booking.files.models import StoredFile
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.sheet_import import SheetImport
from booking.instruments.models.tables import HOURS, IMPORT, IMPORT_FAULT, UNIT
from booking.instruments.models.unit import UnitKind
from booking.instruments.rules.opening import Hours
from booking.instruments.states import UNFINISHED, ImportState
from booking.kernel.errors import NotFound

_BATCH: Final = 500
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A sheet as whoever sent it sees it."""

    id: int
    user_id: int
    given_name: str
    sha256: str
    state: ImportState
    unread: list[str]
    total: int
    done: int
    created: int
    changed: int
    unchanged: int
    faulty: int
    error: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def going(self) -> bool:
        return self.state in UNFINISHED


_FILE: Final[sa.Table] = StoredFile.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_ROWS: Final = sa.select(
    IMPORT.c.id,
    IMPORT.c.user_id,
    _FILE.c.given_name,
    *(IMPORT.c.sha256, IMPORT.c.state, IMPORT.c.unread, IMPORT.c.total, IMPORT.c.done),
    *(IMPORT.c.created, IMPORT.c.changed, IMPORT.c.unchanged, IMPORT.c.faulty, IMPORT.c.error),
    *(IMPORT.c.asked_at, IMPORT.c.started_at, IMPORT.c.ended_at),
).select_from(IMPORT.join(_FILE, _FILE.c.id == IMPORT.c.file_id))


def imports_of(
    session: Session, actor: Actor, *, before: int | None = None, limit: int
) -> Sequence[ImportRow]:
    """The sheets that somebody sent, the newest first; `before` an id."""
    mine = _ROWS.where(IMPORT.c.user_id == actor.id)
    if before is not None:
        mine = mine.where(IMPORT.c.id < before)
    rows = session.execute(mine.order_by(IMPORT.c.id.desc()).limit(limit))
    return [ImportRow(*row) for row in rows]


def import_seen_by(session: Session, import_id: int, actor: Actor) -> ImportRow:
    """One's own sheet; NotFound for any other."""
    mine = _ROWS.where(IMPORT.c.id == import_id, IMPORT.c.user_id == actor.id)
    row = session.execute(mine).one_or_none()
    if row is None:
        raise NotFound(import_id=import_id)
    return ImportRow(*row)


def import_row(session: Session, import_id: int) -> ImportRow:
    """A sheet, whoever sent it: for letters."""
    return ImportRow(*session.execute(_ROWS.where(IMPORT.c.id == import_id)).one())


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A faulty row; `faults` are pairs of a code and its parameters."""

    line: int
    cells: dict[str, str]
    faults: list[Any]


_FAULTS: Final = sa.select(
    IMPORT_FAULT.c.line, IMPORT_FAULT.c.cells, IMPORT_FAULT.c.faults
).order_by(IMPORT_FAULT.c.line)


def first_faults(
    session: Session, import_id: int, *, limit: int, after_line: int = 0
) -> Sequence[FaultRow]:
    """The first faulty rows of a sheet, or the next ones after a line."""
    wanted = _FAULTS.where(IMPORT_FAULT.c.import_id == import_id, IMPORT_FAULT.c.line > after_line)
    return [FaultRow(*row) for row in session.execute(wanted.limit(limit))]


def every_fault(engine: Engine, import_id: int) -> Iterator[FaultRow]:
    """All of them, without holding them all at once."""
    wanted = _FAULTS.where(IMPORT_FAULT.c.import_id == import_id)
    with read_session(engine) as session:
        found = session.execute(wanted.execution_options(yield_per=_BATCH))
        for row in found:
            yield FaultRow(*row)


def next_import(session: Session, *, leaving: Collection[int] = ()) -> SheetImport | None:
    """The sheet that waits longest, but for some."""
    waiting = select(SheetImport).where(
        col(SheetImport.state).in_(UNFINISHED), col(SheetImport.id).not_in(leaving)
    )
    return session.exec(waiting.order_by(col(SheetImport.id)).limit(1)).first()


def unfinished_imports(session: Session, actor: Actor) -> int:
    """How many of somebody's sheets wait or are being taken in."""
    mine = select(func.count()).where(
        col(SheetImport.user_id) == actor.id, col(SheetImport.state).in_(UNFINISHED)
    )
    return session.exec(mine).one()


def import_for_update(session: Session, import_id: int) -> SheetImport:
    """The sheet's row, locked until the slice is written."""
    mine = select(SheetImport).where(col(SheetImport.id) == import_id).with_for_update()
    return session.exec(mine.execution_options(populate_existing=True)).one()


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card that is there already; `units` are its active places, `week` its own hours."""

    instrument: Instrument
    units: int
    week: Mapping[int, Sequence[Hours]] = field(default_factory=dict)


def cards_by_inner_id(session: Session, keys: Collection[Key]) -> dict[Key, KnownCard]:
    """The cards of these labs under these inner ids."""
    labs, inner_ids = {lab for lab, _ in keys}, {inner for _, inner in keys}
    found = session.exec(
        select(Instrument).where(
            col(Instrument.lab_id).in_(labs), col(Instrument.inner_id).in_(inner_ids)
        )
    ).all()
    counted = (
        sa.select(UNIT.c.instrument_id, sa.func.count())
        .where(UNIT.c.instrument_id.in_([one.key for one in found]))
        .where(UNIT.c.active, UNIT.c.kind == UnitKind.PLACE)
        .group_by(UNIT.c.instrument_id)
    )
    units = {key: number for key, number in session.execute(counted)}  # noqa: C416 - a result has keys
    weeks = _weeks_of(session, [one.key for one in found])
    return {
        (one.lab_id, one.inner_id): KnownCard(one, units.get(one.key, 0), weeks.get(one.key, {}))
        for one in found
    }


def _weeks_of(session: Session, ids: Sequence[int]) -> dict[int, dict[int, list[Hours]]]:
    h = HOURS.c
    rows = session.execute(
        sa.select(h.instrument_id, h.weekday, h.opens, h.closes).where(h.instrument_id.in_(ids))
    )
    weeks: dict[int, dict[int, list[Hours]]] = {}
    for one, weekday, opens, closes in rows:
        weeks.setdefault(one, {}).setdefault(weekday, []).append(Hours(opens, closes))
    return weeks
