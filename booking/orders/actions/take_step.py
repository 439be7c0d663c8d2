"""One decision of one side, whichever it is: pages and programs say it in the same words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.orders.actions.decide import (
    accept_quote,
    call_off_order,
    decline_order,
    refuse_quote,
    withdraw_order,
)
from booking.orders.actions.report import accept_report, hand_in_report, object_to_report
from booking.orders.models import ServiceOrder
from booking.orders.rules import Choice, Decision

_Deed = Callable[..., ServiceOrder]
_PLAIN: Final[Mapping[Choice, _Deed]] = {
    Choice.REPORT: hand_in_report,
    Choice.ACCEPT_REPORT: accept_report,
}
_WITH_REASON: Final[Mapping[Choice, _Deed]] = {
    Choice.DECLINE: decline_order,
    Choice.WITHDRAW: withdraw_order,
    Choice.CALL_OFF: call_off_order,
    Choice.OBJECT: object_to_report,
}


def take_step(
    uow: UnitOfWork, number: str, decision: Decision, *, actor: Actor, now: datetime
) -> ServiceOrder:
    """Do what was decided; a quote that is not named does not stand."""
    choice, reason = decision.choice, decision.reason
    quote_id = decision.quote_id or 0
    if choice is Choice.ACCEPT_QUOTE:
        return accept_quote(uow, number, quote_id, actor=actor, now=now)
    if choice is Choice.REFUSE_QUOTE:
        return refuse_quote(uow, number, quote_id, actor=actor, now=now, reason=reason)
    if choice in _PLAIN:
        return _PLAIN[choice](uow, number, actor=actor, now=now)
    return _WITH_REASON[choice](uow, number, actor=actor, now=now, reason=reason)
