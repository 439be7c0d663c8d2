"""The life of a reservation as a table; whatever is not in it is refused."""

from enum import StrEnum
from functools import cache


class State(StrEnum):
    """Where a reservation stands."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    IN_USE = "in_use"
    COMPLETED = "completed"
    SETTLED = "settled"
    DISPUTED = "disputed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Action(StrEnum):
    """What can be done to it."""

    APPROVE = "approve"
    REJECT = "reject"
    EXPIRE = "expire"
    MOVE = "move"
    RESIZE = "resize"
    HAND_OVER = "hand_over"
    ASK_AGAIN = "ask_again"
    CANCEL = "cancel"
    CHECK_IN = "check_in"
    MISS = "miss"
    CHECK_OUT = "check_out"
    CONFIRM = "confirm"
    SETTLE = "settle"
    DISPUTE = "dispute"
    RESOLVE = "resolve"
    CORRECT = "correct"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.REQUESTED, Action.APPROVE): State.CONFIRMED,
    (State.REQUESTED, Action.REJECT): State.REJECTED,
    (State.REQUESTED, Action.EXPIRE): State.EXPIRED,
    (State.REQUESTED, Action.MOVE): State.REQUESTED,
    (State.REQUESTED, Action.CANCEL): State.CANCELLED,
    (State.CONFIRMED, Action.MOVE): State.CONFIRMED,
    # The end alone may also change while the instrument is used.
    (State.REQUESTED, Action.RESIZE): State.REQUESTED,
    (State.CONFIRMED, Action.RESIZE): State.CONFIRMED,
    (State.IN_USE, Action.RESIZE): State.IN_USE,
    (State.REQUESTED, Action.HAND_OVER): State.REQUESTED,
    (State.CONFIRMED, Action.HAND_OVER): State.CONFIRMED,
    # Approval was for the old time and person: where it is needed, it is asked for again.
    (State.CONFIRMED, Action.ASK_AGAIN): State.REQUESTED,
    (State.CONFIRMED, Action.CANCEL): State.CANCELLED,
    (State.CONFIRMED, Action.CHECK_IN): State.IN_USE,
    (State.CONFIRMED, Action.MISS): State.MISSED,
    (State.IN_USE, Action.CHECK_OUT): State.COMPLETED,
    # One side's word leaves it completed; with the second, or silence, it settles.
    (State.COMPLETED, Action.CONFIRM): State.COMPLETED,
    (State.COMPLETED, Action.SETTLE): State.SETTLED,
    (State.COMPLETED, Action.DISPUTE): State.DISPUTED,
    (State.DISPUTED, Action.RESOLVE): State.COMPLETED,
    # The centre puts a record right; where that is settled, the charges follow.
    (State.COMPLETED, Action.CORRECT): State.COMPLETED,
    (State.SETTLED, Action.CORRECT): State.SETTLED,
}

# Not used yet and not given up: these count against "open bookings".
OPEN = frozenset({State.REQUESTED, State.CONFIRMED, State.IN_USE})

# Time that is, or was, really occupied: exactly these have a hold (domain.md §9, 2).
HOLDING = OPEN | {State.COMPLETED, State.DISPUTED, State.SETTLED}

# Counted by quotas whatever happened later; a cancelled one counts only when it came late.
COUNTING = HOLDING | {State.MISSED}

FINAL = frozenset({State.SETTLED, State.REJECTED, State.EXPIRED, State.CANCELLED, State.MISSED})


def after(state: State, action: Action) -> State | None:
    """Where an action leads from here, or None when it is not allowed."""
    return TRANSITIONS.get((state, action))


@cache
def open_actions(state: State) -> frozenset[Action]:
    """What may still be done in this state."""
    return frozenset(action for from_, action in TRANSITIONS if from_ is state)


class Speaker(StrEnum):
    """Who says something in a dispute."""

    HOST = "host"
    USER = "user"
    CENTRE = "centre"


class Taken(StrEnum):
    """When a photo of the instrument was taken."""

    BEFORE = "before"
    AFTER = "after"


class EntryState(StrEnum):
    """A place in a waiting line."""

    WAITING = "waiting"
    OFFERED = "offered"
    SERVED = "served"
    PASSED = "passed"
    LEFT = "left"
    EXPIRED = "expired"


class AskState(StrEnum):
    """What is asked of those who have booked: another time, or an exchange."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class OfferState(StrEnum):
    """Freed time that is held for one in line."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


IN_LINE = frozenset({EntryState.WAITING, EntryState.OFFERED})
