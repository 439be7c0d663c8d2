"""What a slot search needs to know of each instrument, remembered between searches.

A card's `terms_version` counts every change of hours, exceptions, policy, modes, places, operators
and closures, its lab's hours and days, and its whole's and parts' places and closures too; so what
was read under a version stays true until the version moves on. The days of the whole zone are read
with each search, like the statutory calendar. The memory belongs to one application and is only
ever a copy: without it, everything is read afresh.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.lists import among, ids_parameter
from booking.instruments.models.tables import (
    EXCEPTION,
    HOURS,
    INSTRUMENT,
    LAB_DAY,
    LAB_HOURS,
    POLICY,
    RELEASED,
    UNIT,
    UNIT_OFFER,
)
from booking.instruments.models.tariff import stands
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.broken import CLOSED_BY_FAULTS, Broken, broken
from booking.instruments.queries.cards import LAB
from booking.instruments.queries.family import WHOLE, part_pairs
from booking.instruments.rules.layers import Layer, nearest, week_of
from booking.instruments.rules.learned import Learned
from booking.instruments.rules.shapes import Days, Shape, SlotPolicy, Week, slot_policy
from booking.instruments.rules.slots import Seconds
from booking.instruments.rules.terms import usual_mode
from booking.instruments.states import InstrumentState


@dataclass(frozen=True, slots=True)
class Remembered:
    """An instrument as the slot search sees it."""

    instrument_id: int
    version: int
    units: tuple[int, ...]
    shape: Shape
    faults: tuple[Broken, ...]
    provider_id: int
    modes: frozenset[str]
    # The mode of a wish that names none.
    mode: str
    # The places of all parts: none of them may be taken.
    parts: tuple[int, ...] = ()
    operators: tuple[int, ...] = ()

    def broken(self, now: int) -> list[Seconds]:
        """When faults close it, as far as is known now."""
        return [fault.lasts(now) for fault in self.faults]


@dataclass(slots=True)
class Memory:
    """What is known of instruments, the shapes they share, and what was learned of taken time."""

    known: dict[int, Remembered] = field(default_factory=dict)
    shapes: dict[tuple[Week, Days, tuple[SlotPolicy, ...]], Shape] = field(default_factory=dict)
    learned: Learned = field(default_factory=Learned)
    # Counts what was unlearned: who looked at holds before that must not learn from them after.
    unlearnings: int = 0
    releases_seen: frozenset[int] = frozenset()
    lock: Lock = field(default_factory=Lock)

    def shape(self, week: Week, days: Days, policies: tuple[SlotPolicy, ...]) -> Shape:
        """The one shape of this kind."""
        return self.shapes.setdefault((week, days, policies), Shape(week, days, policies))

    def learn(self, held: Mapping[int, Sequence[Seconds]], *, unlearnings: int) -> None:
        """Remember taken time that was looked up when so much had been unlearned."""
        with self.lock:
            if unlearnings == self.unlearnings:
                for unit_id, spans in held.items():
                    self.learned.learn(unit_id, spans)

    def prepare(self, session: Session, start: int) -> int:
        """Unlearn the units on which time became free; how much has been unlearned by now."""
        newest = max(self.releases_seen, default=_OVERLAP)
        rows = session.execute(_RELEASED, {"after": newest - _OVERLAP}).all()
        with self.lock:
            fresh = [unit_id for mark, unit_id in rows if mark not in self.releases_seen]
            moved = self.learned.settle(start)
            if fresh or moved:
                self.learned.unlearn(fresh)
                self.unlearnings += 1
            self.releases_seen = frozenset(mark for mark, _ in rows)
            return self.unlearnings

    def forget(self) -> None:
        with self.lock:
            self.known.clear()
            self.shapes.clear()
            self.learned.taken.clear()
            self.unlearnings += 1


_AT_MOST: Final = 20_000
# Marks become visible in order of commit, not of id: the last ones are read again each time.
_OVERLAP: Final = 1_000
_RELEASED: Final = (
    sa.select(RELEASED.c.id, RELEASED.c.unit_id)
    .where(RELEASED.c.id > sa.bindparam("after", type_=sa.BigInteger()))
    .order_by(RELEASED.c.id)
)
_IDS: Final = ids_parameter("ids")
_VERSIONS: Final = (
    sa.select(INSTRUMENT.c.id, INSTRUMENT.c.terms_version)
    .where(among(INSTRUMENT.c.id, _IDS), INSTRUMENT.c.state == InstrumentState.PUBLISHED)
    .order_by(INSTRUMENT.c.id)
)
_UNITS: Final = (
    sa.select(UNIT.c.instrument_id, UNIT.c.id)
    .where(among(UNIT.c.instrument_id, _IDS), UNIT.c.active, UNIT.c.kind == UnitKind.PLACE)
    .order_by(UNIT.c.id)
)
_PARTS: Final = part_pairs(among(WHOLE, _IDS))
_PART_UNITS: Final = (
    sa.select(_PARTS.c.whole.label("instrument_id"), UNIT.c.id)
    .join(UNIT, UNIT.c.instrument_id == _PARTS.c.part)
    .where(UNIT.c.active, UNIT.c.kind == UnitKind.PLACE)
    .order_by(UNIT.c.id)
)
_OPERATORS: Final = (
    sa.select(UNIT_OFFER.c.instrument_id, UNIT.c.id)
    .join(UNIT, UNIT.c.id == UNIT_OFFER.c.unit_id)
    .where(
        among(UNIT_OFFER.c.instrument_id, _IDS),
        UNIT.c.active,
        UNIT.c.kind == UnitKind.OPERATOR,
    )
    .order_by(UNIT.c.id)
)
_CARDS: Final = (
    sa.select(INSTRUMENT.c.id, INSTRUMENT.c.service_modes, LAB.c.organisation_id)
    .join(LAB, LAB.c.id == INSTRUMENT.c.lab_id)
    .where(among(INSTRUMENT.c.id, _IDS))
)
_POLICIES: Final = sa.select(
    POLICY.c.instrument_id,
    POLICY.c.valid_from,
    POLICY.c.grid_minutes,
    POLICY.c.shortest_minutes,
    POLICY.c.longest_minutes,
    POLICY.c.notice_minutes,
    POLICY.c.buffer_before_minutes,
    POLICY.c.buffer_after_minutes,
    POLICY.c.follows_statutory_calendar,
    POLICY.c.horizon_days,
    POLICY.c.per_class,
    POLICY.c.quotas,
    POLICY.c.uncounted_off_peak,
    POLICY.c.uncounted_within_minutes,
    POLICY.c.peak_hours,
    POLICY.c.person_gap_minutes,
    POLICY.c.organisation_gap_minutes,
    POLICY.c.training_required,
).where(among(POLICY.c.instrument_id, _IDS), stands(POLICY))
_WEEKS: Final = (
    sa.select(HOURS.c.instrument_id, HOURS.c.weekday, HOURS.c.opens, HOURS.c.closes)
    .where(among(HOURS.c.instrument_id, _IDS))
    .order_by(HOURS.c.weekday, HOURS.c.opens)
)
_DAYS: Final = (
    sa.select(EXCEPTION.c.instrument_id, EXCEPTION.c.day, EXCEPTION.c.opens, EXCEPTION.c.closes)
    .where(among(EXCEPTION.c.instrument_id, _IDS))
    .order_by(EXCEPTION.c.day, EXCEPTION.c.opens)
)
_LAB_WEEKS: Final = (
    sa.select(
        INSTRUMENT.c.id.label("instrument_id"),
        LAB_HOURS.c.weekday,
        LAB_HOURS.c.opens,
        LAB_HOURS.c.closes,
    )
    .join(LAB_HOURS, LAB_HOURS.c.lab_id == INSTRUMENT.c.lab_id)
    .where(among(INSTRUMENT.c.id, _IDS))
    .order_by(LAB_HOURS.c.weekday, LAB_HOURS.c.opens)
)
_LAB_DAYS: Final = (
    sa.select(
        INSTRUMENT.c.id.label("instrument_id"), LAB_DAY.c.day, LAB_DAY.c.opens, LAB_DAY.c.closes
    )
    .join(LAB_DAY, LAB_DAY.c.lab_id == INSTRUMENT.c.lab_id)
    .where(among(INSTRUMENT.c.id, _IDS))
    .order_by(LAB_DAY.c.day, LAB_DAY.c.opens)
)


def remembered(session: Session, ids: Sequence[int], memory: Memory) -> list[Remembered]:
    """The published ones among these instruments, read afresh where something has changed."""
    versions = [(row[0], row[1]) for row in session.execute(_VERSIONS, {"ids": ids}).all()]
    # Others may forget everything meanwhile: what is answered is held here.
    held = {
        one: told
        for one, version in versions
        if (told := memory.known.get(one)) is not None and told.version == version
    }
    stale = {one: version for one, version in versions if one not in held}
    if len(memory.known) + len(stale) > _AT_MOST:
        memory.forget()
    if stale:
        fresh = _read(session, stale, memory)
        memory.known.update(fresh)
        held |= fresh
    return [held[one] for one, _ in versions]


def _read(session: Session, versions: Mapping[int, int], memory: Memory) -> dict[int, Remembered]:
    ids = {"ids": list(versions)}
    units = _grouped(session.execute(_UNITS, ids))
    parts = _grouped(session.execute(_PART_UNITS, ids))
    operators = _grouped(session.execute(_OPERATORS, ids))
    told = {row.id: row for row in session.execute(_CARDS, ids)}
    policies = _grouped(session.execute(_POLICIES, ids))
    weeks = _grouped(session.execute(_WEEKS, ids))
    days = _grouped(session.execute(_DAYS, ids))
    lab_weeks = _grouped(session.execute(_LAB_WEEKS, ids))
    lab_days = _grouped(session.execute(_LAB_DAYS, ids))
    faults = _grouped(session.execute(CLOSED_BY_FAULTS, ids))
    read: dict[int, Remembered] = {}
    for one, version in versions.items():
        own = _layer(weeks.get(one, ()), days.get(one, ()))
        lab = _layer(lab_weeks.get(one, ()), lab_days.get(one, ()))
        shape = memory.shape(
            tuple(week_of(own.week, lab.week).items()),
            tuple((day, said.windows) for day, said in nearest(own.days, lab.days).items()),
            tuple(slot_policy(row._asdict()) for row in policies.get(one, ())),
        )
        read[one] = Remembered(
            one,
            version,
            tuple(row.id for row in units.get(one, ())),
            shape,
            tuple(broken(row) for row in faults.get(one, ())),
            told[one].organisation_id,
            frozenset(told[one].service_modes),
            usual_mode(told[one].service_modes),
            tuple(row.id for row in parts.get(one, ())),
            tuple(row.id for row in operators.get(one, ())),
        )
    return read


def _layer(week: Sequence[sa.Row[Any]], days: Sequence[sa.Row[Any]]) -> Layer:
    return Layer.of(
        ((row.weekday, row.opens, row.closes) for row in week),
        ((row.day, row.opens, row.closes, "") for row in days),
    )


def _grouped(rows: sa.Result[Any]) -> dict[int, list[sa.Row[Any]]]:
    grouped: dict[int, list[sa.Row[Any]]] = {}
    for row in rows.all():
        grouped.setdefault(row.instrument_id, []).append(row)
    return grouped
