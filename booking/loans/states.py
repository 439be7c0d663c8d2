"""How far a bank file is, what became of each of its rows, and of what was queued."""

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
