"""The lives of an order, of its quotes and of its samples; whatever is not in a table is refused.

asked → quoted → ordered → in work → reported → accepted → closed. A report that is objected to
leads back to work. Steps that lead nowhere else say what may be done in a state.
"""

from enum import StrEnum
from typing import Final


class OrderState(StrEnum):
    """Where an order stands."""

    ASKED = "asked"
    QUOTED = "quoted"
    # The quote ran out; the lab may quote again.
    LAPSED = "lapsed"
    ORDERED = "ordered"
    IN_WORK = "in_work"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    # By the lab, before anything was agreed; by the company, of the quote.
    DECLINED = "declined"
    REFUSED = "refused"
    # By the company, and by the lab, after it was agreed.
    WITHDRAWN = "withdrawn"
    CALLED_OFF = "called_off"


class OrderStep(StrEnum):
    """What can be done to it."""

    QUOTE = "quote"
    DECLINE = "decline"
    LAPSE = "lapse"
    ACCEPT_QUOTE = "accept_quote"
    REFUSE_QUOTE = "refuse_quote"
    WITHDRAW = "withdraw"
    CALL_OFF = "call_off"
    SCHEDULE = "schedule"
    ATTACH = "attach"
    ADD_RESULT = "add_result"
    TAKE_IN = "take_in"
    WORK = "work"
    REPORT = "report"
    ACCEPT_REPORT = "accept_report"
    OBJECT = "object"
    GIVE_BACK = "give_back"
    CLOSE = "close"


_S, _D = OrderState, OrderStep
TRANSITIONS: Final[dict[tuple[OrderState, OrderStep], OrderState]] = {
    (_S.ASKED, _D.QUOTE): _S.QUOTED,
    (_S.ASKED, _D.DECLINE): _S.DECLINED,
    (_S.ASKED, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.ASKED, _D.ATTACH): _S.ASKED,
    # A new quote takes the place of the one that stands.
    (_S.QUOTED, _D.QUOTE): _S.QUOTED,
    (_S.QUOTED, _D.DECLINE): _S.DECLINED,
    (_S.QUOTED, _D.LAPSE): _S.LAPSED,
    (_S.QUOTED, _D.ACCEPT_QUOTE): _S.ORDERED,
    (_S.QUOTED, _D.REFUSE_QUOTE): _S.REFUSED,
    (_S.QUOTED, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.QUOTED, _D.ATTACH): _S.QUOTED,
    (_S.LAPSED, _D.QUOTE): _S.QUOTED,
    (_S.LAPSED, _D.DECLINE): _S.DECLINED,
    (_S.LAPSED, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.LAPSED, _D.ATTACH): _S.LAPSED,
    # What was agreed holds until the company accepts another quote; if it does not, it stays.
    (_S.ORDERED, _D.QUOTE): _S.ORDERED,
    (_S.ORDERED, _D.ACCEPT_QUOTE): _S.ORDERED,
    (_S.ORDERED, _D.REFUSE_QUOTE): _S.ORDERED,
    (_S.ORDERED, _D.LAPSE): _S.ORDERED,
    (_S.ORDERED, _D.SCHEDULE): _S.ORDERED,
    (_S.ORDERED, _D.TAKE_IN): _S.IN_WORK,
    (_S.ORDERED, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.ORDERED, _D.CALL_OFF): _S.CALLED_OFF,
    (_S.ORDERED, _D.ATTACH): _S.ORDERED,
    (_S.IN_WORK, _D.QUOTE): _S.IN_WORK,
    (_S.IN_WORK, _D.ACCEPT_QUOTE): _S.IN_WORK,
    (_S.IN_WORK, _D.REFUSE_QUOTE): _S.IN_WORK,
    (_S.IN_WORK, _D.LAPSE): _S.IN_WORK,
    (_S.IN_WORK, _D.SCHEDULE): _S.IN_WORK,
    (_S.IN_WORK, _D.TAKE_IN): _S.IN_WORK,
    (_S.IN_WORK, _D.WORK): _S.IN_WORK,
    (_S.IN_WORK, _D.ATTACH): _S.IN_WORK,
    (_S.IN_WORK, _D.ADD_RESULT): _S.IN_WORK,
    (_S.IN_WORK, _D.REPORT): _S.REPORTED,
    (_S.IN_WORK, _D.WITHDRAW): _S.WITHDRAWN,
    (_S.IN_WORK, _D.CALL_OFF): _S.CALLED_OFF,
    (_S.REPORTED, _D.ACCEPT_REPORT): _S.ACCEPTED,
    (_S.REPORTED, _D.OBJECT): _S.IN_WORK,
    (_S.ACCEPTED, _D.GIVE_BACK): _S.ACCEPTED,
    (_S.ACCEPTED, _D.CLOSE): _S.CLOSED,
    # What the lab has of an order that came to nothing goes home too.
    (_S.WITHDRAWN, _D.GIVE_BACK): _S.WITHDRAWN,
    (_S.CALLED_OFF, _D.GIVE_BACK): _S.CALLED_OFF,
}

# Somebody still has to do something.
OPEN: Final = frozenset(
    {_S.ASKED, _S.QUOTED, _S.LAPSED, _S.ORDERED, _S.IN_WORK, _S.REPORTED, _S.ACCEPTED}
)


def after(state: OrderState, step: OrderStep) -> OrderState | None:
    """Where a step leads, or nothing when it is not allowed from here."""
    return TRANSITIONS.get((state, step))


def open_steps(state: OrderState) -> frozenset[OrderStep]:
    """What may be done in this state."""
    return frozenset(step for from_, step in TRANSITIONS if from_ is state)


class QuoteState(StrEnum):
    """One quote stands at a time, and one is accepted."""

    OFFERED = "offered"
    REPLACED = "replaced"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


class Station(StrEnum):
    """Where a sample is on its way through the lab, and how it left."""

    ANNOUNCED = "announced"
    RECEIVED = "received"
    PREPARING = "preparing"
    MEASURED = "measured"
    WRITTEN = "written"
    RETURNED = "returned"
    KEPT = "kept"
    DISPOSED = "disposed"


_LEFT: Final = frozenset({Station.RETURNED, Station.KEPT, Station.DISPOSED})
_NEXT: Final[dict[Station, frozenset[Station]]] = {
    Station.ANNOUNCED: frozenset({Station.RECEIVED}),
    # Not every sample has to be prepared.
    Station.RECEIVED: frozenset({Station.PREPARING, Station.MEASURED}) | _LEFT,
    Station.PREPARING: frozenset({Station.MEASURED}) | _LEFT,
    # Back to the bench, when something has to be done again.
    Station.MEASURED: frozenset({Station.WRITTEN, Station.PREPARING}) | _LEFT,
    Station.WRITTEN: frozenset({Station.PREPARING, Station.MEASURED}) | _LEFT,
}
_STEP_TO: Final[dict[Station, OrderStep]] = {
    Station.RECEIVED: OrderStep.TAKE_IN,
    Station.PREPARING: OrderStep.WORK,
    Station.MEASURED: OrderStep.WORK,
    Station.WRITTEN: OrderStep.WORK,
    **dict.fromkeys(_LEFT, OrderStep.GIVE_BACK),
}


def may_go(station: Station, to: Station) -> bool:
    """Whether a sample may go from one station to another."""
    return to in _NEXT.get(station, frozenset())


def step_to(station: Station) -> OrderStep | None:
    """What an order must allow for a sample to go there; nothing leads to the first."""
    return _STEP_TO.get(station)


def has_left(station: Station) -> bool:
    """Whether the lab has the sample no longer, or keeps it for good."""
    return station in _LEFT


def ways(state: OrderState, station: Station) -> tuple[Station, ...]:
    """Where a sample of an order in this state may go, in the order of the way."""
    steps = open_steps(state)
    return tuple(to for to in Station if may_go(station, to) and step_to(to) in steps)


def onward(state: OrderState, station: Station) -> Station | None:
    """The next station ahead, where the order lets a sample go on; never one it goes back to."""
    order = tuple(Station)
    further = order[order.index(station) + 1 :]
    return next((to for to in ways(state, station) if to in further), None)
