"""Quote a use that is only wished for: its price, and what programmes would pay of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
from booking.reservations.actions.cite_quote import cited_by, cited_or_not
from booking.reservations.actions.reserve import may_book_for
from booking.reservations.actions.taking import Ask, Cited, judge
from booking.reservations.rules.wish import Wish
from booking.subsidies.queries.estimate import Estimate, estimate_for
from booking.vouchers.queries.citing import Offered, offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody would like to know the price of."""

    instrument_id: int
    span: TimeSpan
    mode: ServiceMode | None = None
    samples: int = 0
    consumables: Mapping[str, int] = field(default_factory=dict)
    organisation_id: int | None = None
    # A kept price and a voucher, to be cited by the booking.
    quote: str = ""
    voucher: str = ""
    # Whether a kept price that does not fit is only left out: the panel says why beside it.
    choosing: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    """The price, what a voucher pays of it, and the subsidies on the rest."""

    quote: Quote
    estimate: Estimate
    running_out: RunningOut | None = None
    voucher: Offered | None = None


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
    cited = _cited(session, asked, organisation_id, now=now)
    judged = judge(session, replace(ask, cited=cited), now=now, lock=False)
    must_be_known(judged.terms, actor)
    _, priced = judged.quote(asked.samples, asked.consumables)
    voucher = _voucher(session, asked, organisation_id, price_fen=priced.total_fen, now=now)
    estimate = estimate_for(
        session,
        organisation_id,
        instrument_id=asked.instrument_id,
        amount_fen=priced.total_fen,
        day=local(asked.span.end).date(),
        voucher_fen=voucher.pays_fen if voucher else 0,
    )
    return Quoted(priced, estimate, judged.running_out, voucher)


def _cited(session: Session, asked: Asked, organisation_id: int, *, now: datetime) -> Cited | None:
    wish = Wish(
        instrument_id=asked.instrument_id,
        span=asked.span,
        purpose="",
        mode=asked.mode,
        samples=asked.samples,
        consumables=asked.consumables,
        organisation_id=organisation_id,
        quote_number=asked.quote,
    )
    if asked.choosing:
        return cited_or_not(session, wish, organisation_id, now=now)[0]
    return cited_by(session, wish, organisation_id, now=now)


def _voucher(
    session: Session, asked: Asked, organisation_id: int, *, price_fen: int, now: datetime
) -> Offered | None:
    if not asked.voucher:
        return None
    # It is used on the day of the booking, not of the use.
    return offered(
        session,
        asked.voucher,
        organisation_id=organisation_id,
        instrument_id=asked.instrument_id,
        price_fen=price_fen,
        day=local(now).date(),
    )


def _payer(asked: Asked, actor: Actor) -> int | None:
    mine = may_book_for(actor)
    if asked.organisation_id is not None:
        if asked.organisation_id not in mine:
            raise Forbidden(organisation_id=asked.organisation_id)
        return asked.organisation_id
    return mine[0] if mine else None
