"""How far a bank file is, what became of its rows and of what was queued; the life of a draw."""

from enum import StrEnum
from typing import Final


class FileState(StrEnum):
    """A bank's file on its way in."""

    UNMAPPED = "unmapped"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED: Final = (FileState.WAITING, FileState.RUNNING)


class Outcome(StrEnum):
    """What became of a row; every row has exactly one."""

    TAKEN = "taken"
    KNOWN = "known"
    CONFLICT = "conflict"
    QUEUED = "queued"
    REFUSED = "refused"


class Decision(StrEnum):
    """What finance decided about a queued row."""

    OPEN = "open"
    ASSIGNED = "assigned"
    DISMISSED = "dismissed"


class Acquired(StrEnum):
    """How a company came by the instrument of a purchase loan."""

    BOUGHT = "bought"
    LEASED = "leased"


class DrawState(StrEnum):
    """What became of a company's wish to draw; until it ends it takes its part of the limit."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


# A charge is drawn for once by these.
LIVE: Final = (DrawState.ASKED, DrawState.CONFIRMED)


class DrawAction(StrEnum):
    """What can be done about it."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


DRAW_TRANSITIONS: Final = {
    (DrawState.ASKED, DrawAction.CONFIRM): DrawState.CONFIRMED,
    (DrawState.ASKED, DrawAction.REFUSE): DrawState.REFUSED,
    (DrawState.ASKED, DrawAction.WITHDRAW): DrawState.WITHDRAWN,
    (DrawState.ASKED, DrawAction.EXPIRE): DrawState.EXPIRED,
    # The bank's word came late: the money flowed, and the charge is not drawn for again.
    (DrawState.EXPIRED, DrawAction.CONFIRM): DrawState.CONFIRMED,
}
