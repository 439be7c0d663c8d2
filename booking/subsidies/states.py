"""Life cycles of programme versions and statements: what is not in the tables is refused."""

from enum import StrEnum


class ProgrammeState(StrEnum):
    """A version can be simulated from the first day and pays only while active."""

    DRAFT = "draft"
    # One person stands for its document number; another has to before it pays.
    PROPOSED = "proposed"
    ACTIVE = "active"
    CLOSED = "closed"


class ProgrammeStep(StrEnum):
    PROPOSE = "propose"
    ACTIVATE = "activate"
    RETURN = "return"
    CLOSE = "close"
    # Before its first day, by two persons.
    WITHDRAW = "withdraw"


PROGRAMME_TRANSITIONS = {
    (ProgrammeState.DRAFT, ProgrammeStep.PROPOSE): ProgrammeState.PROPOSED,
    (ProgrammeState.PROPOSED, ProgrammeStep.ACTIVATE): ProgrammeState.ACTIVE,
    (ProgrammeState.PROPOSED, ProgrammeStep.RETURN): ProgrammeState.DRAFT,
    (ProgrammeState.DRAFT, ProgrammeStep.CLOSE): ProgrammeState.CLOSED,
    (ProgrammeState.ACTIVE, ProgrammeStep.WITHDRAW): ProgrammeState.CLOSED,
}


class EndState(StrEnum):
    """What one person asked of a version, its early end: another confirms or declines it.

    A confirmed one is lifted where the version that it made way for is withdrawn.
    """

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LIFTED = "lifted"


# In these an end is asked for or counts.
LIVE_ENDS = (EndState.ASKED, EndState.CONFIRMED)


class ApplicationState(StrEnum):
    """草稿 → 已提交 → 已受理 / 已退回 / 不予受理; until it is decided, 已撤回; after, 已撤销."""

    DRAFT = "draft"
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class ApplicationStep(StrEnum):
    HAND_IN = "hand_in"
    RETURN = "return"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"


APPLICATION_TRANSITIONS = {
    (ApplicationState.DRAFT, ApplicationStep.HAND_IN): ApplicationState.HANDED_IN,
    (ApplicationState.RETURNED, ApplicationStep.HAND_IN): ApplicationState.HANDED_IN,
    (ApplicationState.HANDED_IN, ApplicationStep.RETURN): ApplicationState.RETURNED,
    (ApplicationState.HANDED_IN, ApplicationStep.ACCEPT): ApplicationState.ACCEPTED,
    (ApplicationState.HANDED_IN, ApplicationStep.REFUSE): ApplicationState.REFUSED,
    (ApplicationState.DRAFT, ApplicationStep.WITHDRAW): ApplicationState.WITHDRAWN,
    (ApplicationState.HANDED_IN, ApplicationStep.WITHDRAW): ApplicationState.WITHDRAWN,
    (ApplicationState.RETURNED, ApplicationStep.WITHDRAW): ApplicationState.WITHDRAWN,
    (ApplicationState.ACCEPTED, ApplicationStep.REVOKE): ApplicationState.REVOKED,
}
# In these the company still writes.
APPLICATION_OPEN = (ApplicationState.DRAFT, ApplicationState.RETURNED)
# After these, the company may apply to the version anew.
APPLICATION_DEAD = (
    ApplicationState.REFUSED,
    ApplicationState.WITHDRAWN,
    ApplicationState.REVOKED,
)
# In these it reaches, or reached, uses.
APPLICATION_COUNTS = (ApplicationState.ACCEPTED, ApplicationState.REVOKED)


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
    RETURN = "return"
    WITHDRAW = "withdraw"


STATEMENT_TRANSITIONS = {
    (StatementState.DRAFT, StatementStep.LOCK): StatementState.LOCKED,
    (StatementState.LOCKED, StatementStep.PUBLISH): StatementState.PUBLICITY,
    (StatementState.LOCKED, StatementStep.WITHDRAW): StatementState.DRAFT,
    (StatementState.PUBLICITY, StatementStep.APPROVE): StatementState.APPROVED,
    (StatementState.PUBLICITY, StatementStep.WITHDRAW): StatementState.DRAFT,
    (StatementState.APPROVED, StatementStep.PAY): StatementState.PAID,
    # Only with the row of the batch that the bank sent back.
    (StatementState.PAID, StatementStep.RETURN): StatementState.APPROVED,
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


class BatchState(StrEnum):
    """已生成 → 已报送银行 → 已兑付 or 部分退回; what was not sent may be dissolved."""

    DRAWN = "drawn"
    SENT = "sent"
    RECORDED = "recorded"
    PART_RETURNED = "part_returned"
    DISSOLVED = "dissolved"


class BatchStep(StrEnum):
    SEND = "send"
    DISSOLVE = "dissolve"
    # Every row has the bank's answer, and all were paid; or some came back, now or later.
    COMPLETE = "complete"
    RETURN = "return"


BATCH_TRANSITIONS = {
    (BatchState.DRAWN, BatchStep.SEND): BatchState.SENT,
    (BatchState.DRAWN, BatchStep.DISSOLVE): BatchState.DISSOLVED,
    (BatchState.SENT, BatchStep.COMPLETE): BatchState.RECORDED,
    (BatchState.SENT, BatchStep.RETURN): BatchState.PART_RETURNED,
    (BatchState.RECORDED, BatchStep.RETURN): BatchState.PART_RETURNED,
}


class PaymentState(StrEnum):
    """A row waits for the bank's answer, was paid, or came back (退汇), also after it was paid."""

    WAITING = "waiting"
    PAID = "paid"
    RETURNED = "returned"


class PaymentStep(StrEnum):
    PAY = "pay"
    RETURN = "return"


PAYMENT_TRANSITIONS = {
    (PaymentState.WAITING, PaymentStep.PAY): PaymentState.PAID,
    (PaymentState.WAITING, PaymentStep.RETURN): PaymentState.RETURNED,
    (PaymentState.PAID, PaymentStep.RETURN): PaymentState.RETURNED,
}
