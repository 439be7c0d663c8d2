"""Quote a use that is only wished for: its price, and what programmes would pay of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.customer import ENTERPRISE, RunningOut
from booking.instruments.rules.pricing import Quote, price
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.clock import local
from booking.kernel.errors import Forbidden, RulesBroken, Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve import may_book_for
from booking.reservations.actions.taking import Ask, judge
from booking.subsidies.queries.estimate import Estimate, estimate_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody would like to know the price of."""

    instrument_id: int
    span: TimeSpan
    mode: ServiceMode | None = None
    samples: int = 0
    consumables: Mapping[str, int] = field(default_factory=dict)
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """The price, and the subsidies on it."""

    quote: Quote
    estimate: Estimate
    running_out: RunningOut | None = None


def quote_use(session: Session, asked: Asked, *, actor: Actor, now: datetime) -> Quoted:
    """What it would cost this person's organisation; for staff without one, a company's price."""
    organisation_id = _payer(asked, actor)
    if organisation_id is None:
        terms = booking_terms(session, asked.instrument_id, asked.span)
        must_be_known(terms, actor)
        if terms.tariff is None:
            raise RulesBroken([Violation("tariff.missing")])
        plain = price(
            asked.span,
            terms.tariff,
            ENTERPRISE,
            samples=asked.samples,
            consumables=asked.consumables,
        )
        return Quoted(plain, Estimate(plain.total_fen, (), None))
    ask = Ask(
        instrument_id=asked.instrument_id,
        span=asked.span,
        mode=asked.mode.value if asked.mode else None,
        organisation_id=organisation_id,
        holder_id=actor.id,
    )
    judged = judge(session, ask, now=now, lock=False)
    must_be_known(judged.terms, actor)
    _, priced = judged.quote(asked.samples, asked.consumables)
    estimate = estimate_for(
        session,
        organisation_id,
        instrument_id=asked.instrument_id,
        amount_fen=priced.total_fen,
        day=local(asked.span.end).date(),
    )
    return Quoted(priced, estimate, judged.running_out)


def _payer(asked: Asked, actor: Actor) -> int | None:
    mine = may_book_for(actor)
    if asked.organisation_id is not None:
        if asked.organisation_id not in mine:
            raise Forbidden(organisation_id=asked.organisation_id)
        return asked.organisation_id
    return mine[0] if mine else None
