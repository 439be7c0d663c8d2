"""The lab hands in what it found; the company accepts it, or objects and the work goes on."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.statutory import calendar_from
from booking.kernel.clock import local
from booking.orders.actions.attach import write_message
from booking.orders.actions.life import demand_reason, demand_step, enter, fact
from booking.orders.actions.rights import locked_for, must_buy, must_work
from booking.orders.errors import OrderNotSensible
from booking.orders.events import ReportAccepted, ReportHandedIn, ReportObjected
from booking.orders.models import ServiceOrder
from booking.orders.queries.belongings import results_to_hand_in, samples_to_move, standing_quote
from booking.orders.rules import report_violations, silence_accepts
from booking.orders.states import OrderStep, QuoteState


def hand_in_report(uow: UnitOfWork, number: str, *, actor: Actor, now: datetime) -> ServiceOrder:
    """Let the company read the results; without an objection they count as accepted in time."""
    locked = locked_for(uow.session, number, actor)
    must_work(actor, locked)
    order = locked.order
    demand_step(order, OrderStep.REPORT)
    results = results_to_hand_in(uow.session, order.key)
    stations = [one.station for one in samples_to_move(uow.session, order.key)]
    if broken := tuple(report_violations(stations, new_results=len(results))):
        raise OrderNotSensible(broken)
    changes = enter(order, OrderStep.REPORT, now=now)
    # What was agreed holds; another quote comes too late.
    unanswered = standing_quote(uow.session, order.key)
    if unanswered is not None:
        unanswered.state, unanswered.decided_at = QuoteState.REPLACED, now
    for one in results:
        one.handed_in_at = now
    today = local(now).date()
    order.accept_by = silence_accepts(today, calendar_from(uow.session, today))
    uow.session.flush()
    changes["accept_by"] = (None, order.accept_by.isoformat())
    uow.announce(ReportHandedIn(**fact(order, now=now, actor=actor, changes=changes)))
    return order


def accept_report(uow: UnitOfWork, number: str, *, actor: Actor, now: datetime) -> ServiceOrder:
    """By the company: nothing is left to be done but to give the samples back."""
    locked = locked_for(uow.session, number, actor)
    must_buy(actor, locked)
    order = locked.order
    changes = enter(order, OrderStep.ACCEPT_REPORT, now=now)
    uow.session.flush()
    uow.announce(ReportAccepted(**fact(order, now=now, actor=actor, changes=changes)))
    return order


def object_to_report(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str
) -> ServiceOrder:
    """By the company, saying why; the lab works on."""
    locked = locked_for(uow.session, number, actor)
    must_buy(actor, locked)
    order, reason = locked.order, demand_reason(reason)
    changes = enter(order, OrderStep.OBJECT, now=now, reason=reason)
    order.accept_by = None
    write_message(uow, order, reason, actor=actor, now=now, is_objection=True)
    told = fact(order, now=now, actor=actor, changes=changes, cause=reason)
    uow.announce(ReportObjected(**told))
    return order
