"""What-if: programmes tried on a past period beside today's, stored only when somebody asks."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlmodel import Session

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.loans.queries.lines import loan_values
from booking.subsidies.errors import PeriodNotBegun
from booking.subsidies.events import SimulationKept
from booking.subsidies.models.simulation import Simulation
from booking.subsidies.queries.past_uses import count_past_uses, past_uses
from booking.subsidies.queries.programmes import (
    active_programmes,
    joint_caps_of,
    sharing,
    versions,
)
from booking.subsidies.rules.comparison import Json, report
from booking.subsidies.rules.document import canonical
from booking.subsidies.rules.faults import Faults
from booking.subsidies.rules.joint_caps import read_joint_caps
from booking.subsidies.rules.kept import inputs_text
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.programme import DatedBy, JointCap, Programme
from booking.subsidies.rules.reading import read_programmes
from booking.subsidies.rules.what_if import Chunk, Trial, as_if_in_force
from booking.subsidies.states import SimulationState

# More uses than a page waits for are reckoned in the background.
AT_ONCE: Final = 50_000
_YOUNG_OBJECTS: Final = 50_000
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be tried: documents of programmes and joint caps as they were entered."""

    period: Period
    programmes: Sequence[Json]
    joint_caps: Sequence[Json] = ()

    def read(self) -> tuple[tuple[Programme, ...], tuple[JointCap, ...]]:
        """As values; every fault of the documents is refused with its path."""
        faults = Faults()
        programmes = read_programmes(list(self.programmes), faults)
        node = Node({"joint_caps": list(self.joint_caps)}, "", faults=faults, allowed=_CAPS)
        if not programmes:
            node.fault("programmes", "empty")
        caps = read_joint_caps(node, {terms.id: terms.kind for terms in programmes})
        faults.refuse_if_any()
        return programmes, caps

    def document(self) -> Json:
        return {"programmes": list(self.programmes), "joint_caps": list(self.joint_caps)}


_CAPS = ("joint_caps", "programmes")


@dataclass(frozen=True, slots=True)
class Answer:
    """The report, and the hash of everything that went into it."""

    report: Json
    inputs_sha256: str


def asked_for(
    session: Session,
    period: Period,
    wanted: Sequence[Json],
    *,
    joint_caps: Sequence[Json] = (),
) -> Asked:
    """Documents as they are; what only names a version (`id`, `version`) is looked up."""
    known = {(row.code, row.version): row for row in versions(session)}
    documents: list[Json] = []
    for one in wanted:
        if set(one) != {"id", "version"}:
            documents.append(dict(one))
            continue
        number = str(one["version"])
        row = known.get((str(one["id"]), int(number) if number.isdecimal() else 0))
        if row is None:
            raise NotFound(programme=one["id"], version=one["version"])
        documents.append({**row.terms, "document": row.document})
    return Asked(period, documents, [dict(cap) for cap in joint_caps])


def what_if(session: Session, asked: Asked, *, progress: Progress | None = None) -> Json:
    """Try programmes on a period beside today's; reads and reckons, and writes nothing."""
    return _tried(session, asked, progress=progress, hashed=False).report


def what_if_to_keep(session: Session, asked: Asked, *, progress: Progress | None = None) -> Answer:
    """The same with the hash of everything that went into it."""
    return _tried(session, asked, progress=progress, hashed=True)


def _tried(session: Session, asked: Asked, *, progress: Progress | None, hashed: bool) -> Answer:
    read, joint_caps = asked.read()
    chosen = sharing(read)
    if not joint_caps:
        joint_caps = tuple(joint_caps_of(session, chosen))
    loans = list(loan_values(session).values())
    today = _today(session, chosen, asked.period)
    trials = [
        Trial(
            as_if_in_force(chosen, asked.period),
            joint_caps=joint_caps,
            period=asked.period,
            loans=loans,
        ),
        Trial(today, joint_caps=joint_caps_of(session, today), period=asked.period, loans=loans),
    ]
    stream = _Stream(session, asked.period, [*chosen, *today], progress=progress, hashed=hashed)
    with _fewer_collections():
        while any(trial.wants_lines for trial in trials):
            stream.through(trials)
    found = report(trials[0], trials[1], period=asked.period, uses=stream.uses)
    return Answer(found, stream.digest({**asked.document(), "period": asked.period.code}))


def count_uses(session: Session, asked: Asked, *, now: datetime) -> int:
    """How many uses a what-if will look at; a period that has not begun has none to look at."""
    if local(now).date() < asked.period.first:
        raise PeriodNotBegun(period=asked.period.code)
    chosen, _ = asked.read()
    dated_by = {terms.dated_by for terms in chosen if terms.kind != "interest"}
    return count_past_uses(session, asked.period, sorted(dated_by))


def keep(uow: UnitOfWork, asked: Asked, *, actor_id: int | None, now: datetime) -> Simulation:
    """Keep a what-if: at once where it is small, otherwise it waits for the background."""
    total = count_uses(uow.session, asked, now=now)
    row = Simulation(
        period=asked.period.code,
        asked=asked.document(),
        total=total,
        asked_by=actor_id,
        asked_at=now,
    )
    if total <= AT_ONCE:
        fill(row, what_if_to_keep(uow.session, asked), now=now)
    uow.session.add(row)
    uow.session.flush()
    uow.announce(
        SimulationKept(
            at=now,
            subject=f"simulation:{row.key}",
            actor_id=actor_id,
            period=row.period,
            uses=total,
        )
    )
    return row


def fill(row: Simulation, answer: Answer, *, now: datetime) -> None:
    """Write the answer down."""
    row.result, row.inputs_sha256 = answer.report, answer.inputs_sha256
    row.state, row.done, row.ended_at = SimulationState.DONE, row.total, now


def asked_of(row: Simulation) -> Asked:
    """What a kept simulation was about."""
    told: Any = row.asked
    return Asked(Period.parse(row.period), told["programmes"], told["joint_caps"])


def _today(session: Session, chosen: Sequence[Programme], period: Period) -> list[Programme]:
    """The active programmes of the same kinds that were in force in the period."""
    kinds = {terms.kind for terms in chosen}
    return [
        terms
        for terms in active_programmes(session)
        if terms.kind in kinds
        and terms.valid_from < period.until
        and period.first <= terms.valid_to
    ]


class _Stream:
    """The uses of the period, as often as they are needed; hashed the first time."""

    def __init__(
        self,
        session: Session,
        period: Period,
        programmes: Sequence[Programme],
        *,
        progress: Progress | None,
        hashed: bool,
    ) -> None:
        self._session, self._period = session, period
        self._progress = progress or (lambda _: None)
        dated: set[DatedBy] = {terms.dated_by for terms in programmes if terms.kind != "interest"}
        self._dated = sorted(dated)
        self._hash, self._hashed, self._is_first = sha256(), hashed, True
        self.uses = 0

    def through(self, trials: Sequence[Trial]) -> None:
        for chunk in past_uses(self._session, self._period, self._dated):
            if self._is_first:
                self._note(chunk)
            for trial in trials:
                if trial.wants_lines:
                    trial.take(chunk)
        self._is_first = False
        for trial in trials:
            trial.end_pass()

    def _note(self, chunk: Chunk) -> None:
        self.uses += len(chunk.lines)
        if self._hashed:
            for line in chunk.lines:
                self._hash.update(f"{line.line_id} {line.user} {inputs_text(line)}\n".encode())
        self._progress(self.uses)

    def digest(self, asked: Json) -> str:
        self._hash.update(canonical(asked).encode())
        return self._hash.hexdigest()


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Lines come and go by the thousand and hold no cycles: looking for these took a fifth."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
