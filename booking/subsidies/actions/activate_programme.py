"""Let a version pay: one person proposes it under a public document, another activates it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.subsidies.errors import (
    IllegalStep,
    NoDocument,
    OtherDocument,
    SecondPersonNeeded,
)
from booking.subsidies.events import (
    ProgrammeActivated,
    ProgrammeDiscarded,
    ProgrammeProposed,
    ProgrammeReturned,
)
from booking.subsidies.models.programme import ProgrammeVersion
from booking.subsidies.queries.programmes import programme_entry, version_rows
from booking.subsidies.states import PROGRAMME_TRANSITIONS, ProgrammeState, ProgrammeStep

_IN_QUESTION: Mapping[ProgrammeStep, ProgrammeState] = {
    ProgrammeStep.PROPOSE: ProgrammeState.DRAFT,
    ProgrammeStep.CLOSE: ProgrammeState.DRAFT,
    ProgrammeStep.ACTIVATE: ProgrammeState.PROPOSED,
    ProgrammeStep.RETURN: ProgrammeState.PROPOSED,
}


@dataclass(frozen=True, slots=True)
class Which:
    """A version of a programme: a named one, or the newest that the step can be for."""

    code: str
    version: int | None = None


def sign(
    uow: UnitOfWork, which: Which, *, document: str = "", actor_id: int, now: datetime
) -> ProgrammeVersion:
    """Stand for a version: who is first proposes it, who is second lets it pay."""
    row = _locked(uow, which, ProgrammeStep.ACTIVATE, ProgrammeStep.PROPOSE)
    of_row = Which(which.code, row.version)
    if row.state is ProgrammeState.DRAFT:
        return propose(uow, of_row, document=document, actor_id=actor_id, now=now)
    return activate(uow, of_row, document=document, actor_id=actor_id, now=now)


def propose(
    uow: UnitOfWork, which: Which, *, document: str = "", actor_id: int, now: datetime
) -> ProgrammeVersion:
    """Ask that a version may pay, under its document number."""
    row = _locked(uow, which, ProgrammeStep.PROPOSE)
    number = document.strip() or row.document
    if not number:
        raise NoDocument(programme=which.code)
    before = _step(row, which.code, ProgrammeStep.PROPOSE)
    row.document, row.proposed_by, row.proposed_at = number, actor_id, now
    uow.session.flush()
    uow.announce(
        ProgrammeProposed(
            **_told(row, which.code, before, actor_id=actor_id, now=now),
            document=number,
        )
    )
    return row


def activate(
    uow: UnitOfWork, which: Which, *, document: str = "", actor_id: int, now: datetime
) -> ProgrammeVersion:
    """Let a proposed version pay; not by the one who proposed it, not under another number."""
    row = _locked(uow, which, ProgrammeStep.ACTIVATE)
    before = _step(row, which.code, ProgrammeStep.ACTIVATE)
    if row.proposed_by == actor_id:
        raise SecondPersonNeeded(programme=which.code, version=row.version)
    if document.strip() not in {"", row.document}:
        raise OtherDocument(programme=which.code, document=row.document)
    row.activated_by, row.activated_at = actor_id, now
    uow.session.flush()
    uow.announce(
        ProgrammeActivated(
            **_told(row, which.code, before, actor_id=actor_id, now=now),
            document=row.document,
        )
    )
    return row


def return_proposal(
    uow: UnitOfWork, which: Which, *, reason: str, actor_id: int | None, now: datetime
) -> ProgrammeVersion:
    """Make what was proposed a draft again: by the one who proposed it, or whoever declines."""
    row = _locked(uow, which, ProgrammeStep.RETURN)
    before = _step(row, which.code, ProgrammeStep.RETURN)
    proposed_by, row.proposed_by, row.proposed_at = row.proposed_by, None, None
    uow.session.flush()
    uow.announce(
        ProgrammeReturned(
            **_told(row, which.code, before, actor_id=actor_id, now=now),
            reason=reason,
            proposed_by=proposed_by,
        )
    )
    return row


def discard(
    uow: UnitOfWork, which: Which, *, actor_id: int | None, now: datetime
) -> ProgrammeVersion:
    """Give a draft up; it stays on record and frees its days for another version."""
    row = _locked(uow, which, ProgrammeStep.CLOSE)
    before = _step(row, which.code, ProgrammeStep.CLOSE)
    uow.session.flush()
    uow.announce(ProgrammeDiscarded(**_told(row, which.code, before, actor_id=actor_id, now=now)))
    return row


class _Told(TypedDict):
    at: datetime
    subject: str
    actor_id: int | None
    changes: dict[str, tuple[object, object]]
    programme: str
    version: int


def _told(
    row: ProgrammeVersion,
    code: str,
    before: ProgrammeState,
    *,
    actor_id: int | None,
    now: datetime,
) -> _Told:
    """What every step of a version tells."""
    return _Told(
        at=now,
        subject=f"programme:{code}",
        actor_id=actor_id,
        changes={"state": (before, row.state), "version": (None, row.version)},
        programme=code,
        version=row.version,
    )


def _locked(uow: UnitOfWork, which: Which, *steps: ProgrammeStep) -> ProgrammeVersion:
    """The version, its programme locked until the deed ends."""
    rows = version_rows(uow.session, programme_entry(uow.session, which.code).key)
    if which.version is not None:
        chosen: Sequence[ProgrammeVersion] = [r for r in rows if r.version == which.version]
    else:
        asked = (_IN_QUESTION[step] for step in steps)
        chosen = next((found for state in asked if (found := _in(rows, state))), rows)
    if not chosen:
        raise NotFound(programme=which.code, version=which.version)
    return chosen[-1]


def _in(rows: Sequence[ProgrammeVersion], state: ProgrammeState) -> list[ProgrammeVersion]:
    return [row for row in rows if row.state is state]


def _step(row: ProgrammeVersion, code: str, step: ProgrammeStep) -> ProgrammeState:
    """Go a step on, if the table knows it; the state before."""
    before = row.state
    after = PROGRAMME_TRANSITIONS.get((before, step))
    if after is None:
        raise IllegalStep(step=step, state=before, programme=code)
    row.state = after
    return before
