"""The life of an instrument's card as a table; whatever is not in it is refused."""

from enum import StrEnum


class InstrumentState(StrEnum):
    """Where a card stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    RETIRED = "retired"


class ImportState(StrEnum):
    """How far a sheet of instruments is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Action(StrEnum):
    """What can be done to it."""

    SUBMIT = "submit"
    PUBLISH = "publish"
    RETURN = "return"
    SUSPEND = "suspend"
    RESUME = "resume"
    RETIRE = "retire"


TRANSITIONS: dict[tuple[InstrumentState, Action], InstrumentState] = {
    (InstrumentState.DRAFT, Action.SUBMIT): InstrumentState.SUBMITTED,
    (InstrumentState.RETURNED, Action.SUBMIT): InstrumentState.SUBMITTED,
    (InstrumentState.SUBMITTED, Action.PUBLISH): InstrumentState.PUBLISHED,
    (InstrumentState.SUBMITTED, Action.RETURN): InstrumentState.RETURNED,
    (InstrumentState.PUBLISHED, Action.SUSPEND): InstrumentState.SUSPENDED,
    (InstrumentState.SUSPENDED, Action.RESUME): InstrumentState.PUBLISHED,
    (InstrumentState.SUSPENDED, Action.PUBLISH): InstrumentState.PUBLISHED,
    (InstrumentState.PUBLISHED, Action.RETIRE): InstrumentState.RETIRED,
    (InstrumentState.SUSPENDED, Action.RETIRE): InstrumentState.RETIRED,
}

# What anybody may see; a suspended instrument keeps its page, so that its users learn why.
PUBLIC = frozenset({InstrumentState.PUBLISHED, InstrumentState.SUSPENDED})
# Still being written: what is missing may wait.
OPEN = frozenset({InstrumentState.DRAFT, InstrumentState.RETURNED})
UNFINISHED = frozenset({ImportState.WAITING, ImportState.RUNNING})
FINAL = frozenset({InstrumentState.RETIRED})


def after(state: InstrumentState, action: Action) -> InstrumentState | None:
    """Where an action leads from here, or None when it is not allowed."""
    return TRANSITIONS.get((state, action))


def open_actions(state: InstrumentState) -> tuple[Action, ...]:
    """What may still be done in this state, in the order of the table."""
    return tuple(action for from_, action in TRANSITIONS if from_ is state)
