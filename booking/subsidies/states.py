"""Life cycles of programme versions and statements: what is not in the tables is refused."""

from enum import StrEnum


class ProgrammeState(StrEnum):
    """A version can be simulated from the first day and pays only while active."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"


class ProgrammeStep(StrEnum):
    ACTIVATE = "activate"
    CLOSE = "close"


PROGRAMME_TRANSITIONS = {
    (ProgrammeState.DRAFT, ProgrammeStep.ACTIVATE): ProgrammeState.ACTIVE,
    (ProgrammeState.DRAFT, ProgrammeStep.CLOSE): ProgrammeState.CLOSED,
    (ProgrammeState.ACTIVE, ProgrammeStep.CLOSE): ProgrammeState.CLOSED,
}


class StatementState(StrEnum):
    """草稿 → 已锁定 → 公示中 → 已审批 → 已拨付."""

    DRAFT = "draft"
    LOCKED = "locked"
    PUBLICITY = "publicity"
    APPROVED = "approved"
    PAID = "paid"


class StatementStep(StrEnum):
    LOCK = "lock"
    PUBLISH = "publish"
    APPROVE = "approve"
    PAY = "pay"
    WITHDRAW = "withdraw"


STATEMENT_TRANSITIONS = {
    (StatementState.DRAFT, StatementStep.LOCK): StatementState.LOCKED,
    (StatementState.LOCKED, StatementStep.PUBLISH): StatementState.PUBLICITY,
    (StatementState.LOCKED, StatementStep.WITHDRAW): StatementState.DRAFT,
    (StatementState.PUBLICITY, StatementStep.APPROVE): StatementState.APPROVED,
    (StatementState.PUBLICITY, StatementStep.WITHDRAW): StatementState.DRAFT,
    (StatementState.APPROVED, StatementStep.PAY): StatementState.PAID,
}

# In the order of the settlement desk.
STATEMENT_ORDER = tuple(StatementState)


class ExportState(StrEnum):
    """How far an export of a period is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (ExportState.WAITING, ExportState.RUNNING)


class SimulationState(StrEnum):
    """A what-if that is kept: waiting, being reckoned, reckoned, or broken off."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
