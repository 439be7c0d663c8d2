"""What a span would cost and which rules would speak: the content of the booking panel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.credit.rules import Level
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.helpers import accessories_with
from booking.instruments.queries.holds import free_units
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.customer import ENTERPRISE, SOMEBODY, Customer, RunningOut
from booking.instruments.rules.pricing import Quote, price
from booking.instruments.rules.tariff import ItemNotPriced
from booking.instruments.rules.terms import (
    BookingTerms,
    PolicyTerms,
    ServiceMode,
    by_order,
    usual_mode,
)
from booking.kernel.clock import local
from booking.kernel.errors import NotFound, Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cite_quote import cited_or_not
from booking.reservations.actions.reserve import may_book_for
from booking.reservations.actions.taking import ORDER_NEEDED, Ask, Cited, judge, may_in_lab
from booking.reservations.forms import PanelForm
from booking.reservations.forms.quotes import wish_of_panel
from booking.reservations.queries.alternatives import alternatives_to
from booking.reservations.queries.citable import VoucherSource
from booking.reservations.queries.crew import crew_needed, crew_of
from booking.reservations.queries.missing import Along
from booking.reservations.queries.standing import Asker
from booking.reservations.queries.units import helpers_of, labels_of
from booking.reservations.routes.panel import FeesShown, Mark, Panel
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.rules.booking import violations
from booking.reservations.rules.demand import Demand, Policy
from booking.reservations.rules.fees import share_of
from booking.reservations.rules.offer import agreed_terms, policy_from
from booking.reservations.rules.quoting import as_typed
from booking.web.forms import Filled

_A_DAY: Final = timedelta(days=1)
_ACCESSORY_GONE: Final = Violation("booking.accessory_gone")


def panel_of(
    session: Session,
    instrument_id: int,
    form: Filled[PanelForm],
    *,
    visitor: Actor | None,
    now: datetime,
    purse: VoucherSource | None = None,
) -> Panel:
    """The panel for what stands in the form; without a span only the form.

    Without a purse vouchers and accessories are left out: they stand in the form, not in the
    verdict.
    """
    panel = _panel(session, instrument_id, form, visitor=visitor, now=now)
    if purse is not None and (panel.is_staff or panel.has_organisation):
        panel = replace(panel, accessories=accessories_with(session, instrument_id))
    organisations = may_book_for(visitor) if purse and visitor else ()
    if purse is None or not organisations:
        return panel
    day = local(now).date()
    return replace(panel, vouchers=purse.citable(session, organisations[0], instrument_id, day=day))


def _panel(
    session: Session,
    instrument_id: int,
    form: Filled[PanelForm],
    *,
    visitor: Actor | None,
    now: datetime,
) -> Panel:
    asked = form.model
    if asked is None or asked.span is None:
        terms = booking_terms(session, instrument_id, TimeSpan(now, now + _A_DAY), now=now)
        must_be_known(terms, visitor)
        return _frame(terms, form, visitor)
    wish = _wish(session, instrument_id, asked, visitor=visitor, now=now)
    return _with_verdict(session, wish, _frame(wish.terms, form, visitor), asked)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A wish as far as it can be judged for whoever looks, perhaps nobody we know."""

    terms: BookingTerms
    policy: Policy
    demand: Demand
    waits: bool = False
    price_class: str = ENTERPRISE
    running_out: RunningOut | None = None
    asker: Asker | None = None
    customer: Customer = SOMEBODY
    cited: Cited | None = None
    unfit: tuple[Violation, ...] = ()


def _wish(
    session: Session, instrument_id: int, asked: PanelForm, *, visitor: Actor | None, now: datetime
) -> _Wish:
    span = asked.span or TimeSpan(now, now + _A_DAY)
    organisations = may_book_for(visitor) if visitor else ()
    if visitor is None or not organisations:
        terms = booking_terms(session, instrument_id, span, around=LOOK_AHEAD, now=now)
        must_be_known(terms, visitor)
        mode = asked.mode or usual_mode(terms.service_modes)
        policy = policy_from(terms, ENTERPRISE)
        crew = crew_needed(terms, mode, (), serving=False)
        demand = Demand(
            span=span,
            asked_at=now,
            mode=mode,
            customer_class=ENTERPRISE,
            crew=crew_of(session, crew, span=span, held=policy.held(span)),
        )
        return _Wish(terms, policy, demand)
    ask = Ask(
        instrument_id=instrument_id,
        span=span,
        mode=asked.mode.value if asked.mode else None,
        organisation_id=organisations[0],
        holder_id=visitor.id,
        samples=asked.samples,
    )
    quoted = wish_of_panel(instrument_id, asked, span)
    cited, unfit = cited_or_not(session, quoted, organisations[0], now=now)
    judged = judge(session, replace(ask, cited=cited), now=now, lock=False)
    must_be_known(judged.terms, visitor)
    waits = judged.must_be_approved(visitor)
    return _Wish(
        judged.terms,
        judged.policy,
        judged.demand,
        waits,
        judged.price_class,
        judged.running_out,
        ask.asker,
        judged.standing.customer,
        cited,
        unfit,
    )


def _frame(terms: BookingTerms, form: Filled[PanelForm], visitor: Actor | None) -> Panel:
    """The panel before a span is chosen."""
    is_staff = visitor is not None and may_in_lab(visitor, terms, Permission.RESERVATION_OVERRIDE)
    return Panel(
        instrument_id=terms.instrument_id,
        name=terms.name,
        name_en=terms.name_en,
        form=form,
        modes=modes_to_book(terms, is_staff=is_staff),
        by_order=not is_staff and any(by_order(mode) for mode in terms.service_modes),
        grid_minutes=terms.policy.grid_minutes,
        is_staff=is_staff,
        has_organisation=visitor is not None and bool(may_book_for(visitor)),
        consumables=terms.tariff.consumables_for(ENTERPRISE) if terms.tariff else (),
    )


def modes_to_book(terms: BookingTerms, *, is_staff: bool) -> tuple[ServiceMode, ...]:
    """What can be chosen; what is done for orders only by the lab."""
    offered = (mode for mode in ServiceMode if mode in terms.service_modes)
    return tuple(mode for mode in offered if is_staff or not by_order(mode))


def _with_verdict(session: Session, wish: _Wish, frame: Panel, asked: PanelForm) -> Panel:
    terms, span = wish.terms, wish.demand.span
    held = wish.policy.held(span)
    broken = violations(wish.demand, wish.policy)
    if frame.by_order and by_order(wish.demand.mode):
        broken = (*broken, ORDER_NEEDED)
    along, gone = _along(session, terms.instrument_id, asked.accessory_ids)
    others = (*terms.part_unit_ids, *along)
    free = frozenset(free_units(session, [*terms.unit_ids, *others], held))
    taken = free.isdisjoint(terms.unit_ids) or not free.issuperset(others)
    in_the_way = (
        alternatives_to(
            session,
            terms,
            wish.demand,
            customer=wish.customer,
            asker=wish.asker,
            along=Along(along),
        )
        if broken or taken
        else ()
    )
    quote, unpriced = _quote(wish, asked)
    unsold = _unsold(wish, asked)
    return replace(
        frame,
        span=span,
        marks=tuple(_marks(wish, (*unpriced, *wish.unfit, *gone, *broken), taken=taken)),
        lacking=labels_of(session, [unit for unit in along if unit not in free]),
        lines=quote.lines if quote else (),
        total_fen=quote.total_fen if quote else None,
        before=wish.policy.buffer_before,
        after=wish.policy.buffer_after,
        free_until=agreed_terms(terms.policy).free_cancel_until(span),
        fees=_fees(terms.policy, quote),
        expected="" if unpriced else frame.form.value("consumables"),
        unsold=unsold,
        still_sold=as_typed({k: n for k, n in asked.consumables.items() if k not in unsold}),
        alternatives=in_the_way,
    )


def _along(
    session: Session, instrument_id: int, accessory_ids: Sequence[int]
) -> tuple[tuple[int, ...], tuple[Violation, ...]]:
    """The accessories that are ticked; what an old address or page still names is not had."""
    try:
        return helpers_of(session, instrument_id, accessory_ids).accessories, ()
    except NotFound:
        return (), (_ACCESSORY_GONE,)


def _unsold(wish: _Wish, asked: PanelForm) -> tuple[str, ...]:
    """What the price of a cited quote holds for although it is not sold any more."""
    tariff = wish.terms.tariff
    if wish.cited is None:
        return ()
    sold = {one.name for one in tariff.consumables_for(wish.price_class)} if tariff else set()
    return tuple(name for name in asked.consumables if name not in sold)


def _quote(wish: _Wish, asked: PanelForm) -> tuple[Quote | None, tuple[Violation, ...]]:
    """What it would cost; without what is expected to be used up where that has no price."""
    tariff, span = wish.terms.tariff, wish.demand.span
    paying, samples = wish.price_class, asked.samples
    if wish.cited:
        tariff, paying = wish.cited.tariff, wish.cited.customer_class
    if tariff is None:
        return None, ()
    try:
        used = asked.consumables
        return price(span, tariff, paying, samples=samples, consumables=used), ()
    except ItemNotPriced as unknown:
        told = Violation(unknown.code, unknown.params)
        return price(span, tariff, paying, samples=samples), (told,)


def _fees(policy: PolicyTerms, quote: Quote | None) -> FeesShown:
    if quote is None:
        return FeesShown(policy.late_cancel_percent)
    late = share_of(quote.total_fen, policy.late_cancel_percent)
    missed = share_of(quote.total_fen, policy.no_show_percent)
    return FeesShown(
        policy.late_cancel_percent,
        quote.fees.late_cancel_fen,
        late + quote.fees.late_cancel_fen,
        missed + quote.fees.no_show_fen,
    )


def _marks(wish: _Wish, broken: tuple[Violation, ...], *, taken: bool) -> Iterator[Mark]:
    """What is wrong first, then what is right, then what still has to happen."""
    if taken:
        yield Mark("reservation.slot_taken", "bad")
    for violation in broken:
        yield Mark(violation.code, "bad", violation.params)
    families = {violation.code.split(".")[0] for violation in broken}
    if "opening" not in families:
        yield Mark("booking.within_opening")
    if "notice" not in families and "span" not in families and wish.policy.notice:
        yield Mark("booking.enough_notice", params={"notice": wish.policy.notice})
    if "quota" not in families and wish.policy.quotas:
        yield Mark("booking.within_quota")
    if ending := wish.running_out:
        told = {"last_day": ending.last_day}
        yield Mark(f"booking.class_runs_out.{ending.code}", "wait", told)
    if wish.waits:
        yield from _waits_for(wish)


def _waits_for(wish: _Wish) -> Iterator[Mark]:
    credit = wish.demand.credit
    if credit is not None and credit.level is Level.APPROVAL:
        low = {"score": credit.score, "needed": credit.approval_below}
        yield Mark("booking.low_credit", "wait", low)
    yield Mark("booking.needs_approval", "wait")
