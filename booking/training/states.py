"""Three short lives as tables; whatever is not in them is refused.

A request waits until it is put on a session, granted or declined, or its person withdraws it; a
session is held or cancelled; a permission is in force until it is replaced or revoked. That a
permission has ended by its date is no state: the date says so.
"""

from enum import StrEnum


class RequestState(StrEnum):
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RequestStep(StrEnum):
    SCHEDULE = "schedule"
    # The session fell through, or did not lead to a permission: it waits for another one.
    PUT_BACK = "put_back"
    GRANT = "grant"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class SessionState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class SessionStep(StrEnum):
    HOLD = "hold"
    CANCEL = "cancel"


class GrantState(StrEnum):
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REVOKED = "revoked"


class GrantStep(StrEnum):
    REPLACE = "replace"
    REVOKE = "revoke"


_R, _RS = RequestState, RequestStep
REQUEST_TRANSITIONS: dict[tuple[RequestState, RequestStep], RequestState] = {
    (_R.WAITING, _RS.SCHEDULE): _R.SCHEDULED,
    (_R.WAITING, _RS.GRANT): _R.GRANTED,
    (_R.WAITING, _RS.DECLINE): _R.DECLINED,
    (_R.WAITING, _RS.WITHDRAW): _R.WITHDRAWN,
    (_R.SCHEDULED, _RS.PUT_BACK): _R.WAITING,
    (_R.SCHEDULED, _RS.GRANT): _R.GRANTED,
    (_R.SCHEDULED, _RS.DECLINE): _R.DECLINED,
    (_R.SCHEDULED, _RS.WITHDRAW): _R.WITHDRAWN,
}
SESSION_TRANSITIONS: dict[tuple[SessionState, SessionStep], SessionState] = {
    (SessionState.PLANNED, SessionStep.HOLD): SessionState.HELD,
    (SessionState.PLANNED, SessionStep.CANCEL): SessionState.CANCELLED,
}
GRANT_TRANSITIONS: dict[tuple[GrantState, GrantStep], GrantState] = {
    (GrantState.IN_FORCE, GrantStep.REPLACE): GrantState.REPLACED,
    (GrantState.IN_FORCE, GrantStep.REVOKE): GrantState.REVOKED,
}

# A person has at most one of these for an instrument.
OPEN = frozenset({RequestState.WAITING, RequestState.SCHEDULED})
