"""JSON: what a use would cost, what would be subsidised, and what is left to pay."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request

from booking.access.actor import Actor
from booking.access.guards import signed_in
from booking.db.transactions import unit_of_work
from booking.kernel.money import yuan
from booking.reservations.actions.keep_quote import keep_quote
from booking.reservations.rules.quoting import fees_told, snapshot_of
from booking.reservations.rules.wish import Wish
from booking.subsidies.actions.quote import Asked, quote_use
from booking.subsidies.api.answers import Answer
from booking.subsidies.forms import QuoteBody
from booking.subsidies.rules.explanation import explanation
from booking.subsidies.rules.linking import links_json
from booking.subsidies.rules.steps import steps
from booking.vouchers.queries.citing import Offered
from booking.web.clock import ClockDep
from booking.web.json import rfc3339
from booking.web.transactions import Reading

router = APIRouter(tags=["subsidies"])


@router.post("/quotes")
def quote(
    body: QuoteBody,
    request: Request,
    session: Reading,
    clock: ClockDep,
    actor: Annotated[Actor, signed_in],
) -> Answer:
    """Price, what a voucher pays, estimated subsidies on the rest, own share, and what is left of
    the yearly cap.

    With `keep`, the price is kept until `valid_until` for a booking that cites `number`.
    """
    asked = quote_use(
        session,
        Asked(
            instrument_id=body.instrument_id,
            span=body.span,
            mode=body.mode,
            samples=body.samples,
            consumables=body.consumables,
            organisation_id=body.organisation_id,
            quote=body.quote,
            voucher=body.voucher,
        ),
        actor=actor,
        now=clock.now(),
    )
    found = asked.estimate
    kept = snapshot_of(asked.quote)
    return {
        **(_kept(request, body, actor=actor, now=clock.now()) if body.keep else {}),
        "lines": kept["lines"],
        "total": yuan(asked.quote.total_fen),
        "customer_class": asked.quote.customer_class,
        "class_runs_out": asked.running_out and asked.running_out.last_day.isoformat(),
        "fees": fees_told(asked.quote.fees),
        "voucher": asked.voucher and _paid_by(asked.voucher),
        "subsidies": [
            {
                "programme": result.terms.id,
                "version": result.terms.version,
                "amount": yuan(result.payable),
                "eligible": result.eligible,
                "reasons": list(result.reasons),
                "explanation": explanation(result),
                "steps": links_json(steps(result)),
            }
            for result in found.results
        ],
        "own_share": yuan(found.own_share_fen),
        "cap_left": None if found.cap_left_fen is None else yuan(found.cap_left_fen),
    }


def _paid_by(voucher: Offered) -> Answer:
    """What it pays, what is left of it afterwards; or why it is not honoured, and pays nothing."""
    last = voucher.valid_to
    return {
        "number": voucher.number,
        "pays": yuan(voucher.pays_fen),
        "left": yuan(voucher.rest_fen),
        "valid_to": last and last.isoformat(),
        "reasons": [one.code for one in voucher.refused],
    }


def _kept(request: Request, body: QuoteBody, *, actor: Actor, now: datetime) -> Answer:
    """Only who keeps a price writes; most ask and forget."""
    wish = Wish(
        instrument_id=body.instrument_id,
        span=body.span,
        purpose="",
        mode=body.mode,
        samples=body.samples,
        consumables=body.consumables,
        organisation_id=body.organisation_id,
    )
    state = request.app.state
    with unit_of_work(state.engine, state.reactions) as uow:
        made = keep_quote(uow, wish, actor=actor, now=now)
        return {
            "number": made.number,
            "valid_until": rfc3339(made.valid_until),
            "tariff_id": made.tariff_id,
        }
