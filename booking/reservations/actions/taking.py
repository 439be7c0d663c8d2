"""The one way to time: judge a wish by every rule, take the hold, or say what is free instead.

Creating, moving and approving all come through here, whoever asks and from wherever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.customer import INTERNAL, RunningOut, price_class, running_out
from booking.instruments.rules.pricing import NOTHING_USED, Quote, price
from booking.instruments.rules.tariff import ItemNotPriced, TariffTerms
from booking.instruments.rules.terms import Approval, BookingTerms, by_order, usual_mode
from booking.kernel.clock import local
from booking.kernel.errors import Alternative, Violation, codes_of
from booking.kernel.timespan import TimeSpan
from booking.reservations.errors import ReservationRefused
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.alternatives import alternatives_to
from booking.reservations.queries.asking import Answers, ForOne
from booking.reservations.queries.crew import crew_needed
from booking.reservations.queries.missing import Along
from booking.reservations.queries.standing import Asker, Standing, standing_of
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.rules.booking import HANDING_OVER_RULES, RULES, Rule, violations
from booking.reservations.rules.credit import asks_for_approval
from booking.reservations.rules.demand import Counted, Demand, Funds, Policy, counting
from booking.reservations.rules.offer import needs_approval, policy_from
from booking.reservations.rules.training import asks_for_training

NO_PRICE: Final = Violation("tariff.missing")
ORDER_NEEDED: Final = Violation("mode.order_needed")


@dataclass(frozen=True, slots=True)
class Cited:
    """A kept quote: its number, and the price list and class that its price came from."""

    number: str
    tariff: TariffTerms
    customer_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Who wants which time on what; `but` is the booking that the time would replace."""

    instrument_id: int
    span: TimeSpan
    mode: str | None
    organisation_id: int
    holder_id: int
    reason: str = ""
    but: int | None = None
    # When that was made.
    made_at: datetime | None = None
    # The same by its number; who is to operate, or does so already, and what is taken along.
    number: str = ""
    operators: tuple[int, ...] = ()
    accessories: tuple[int, ...] = ()
    # What the price depends on besides the time.
    samples: int = 0
    consumables: Mapping[str, int] = field(default_factory=dict)
    # Whoever cites a kept quote gets its price.
    cited: Cited | None = None

    @classmethod
    def again(
        cls,
        reservation: Reservation,
        reason: str = "",
        *,
        span: TimeSpan | None = None,
        operators: tuple[int, ...] = (),
        accessories: tuple[int, ...] = (),
    ) -> "Ask":
        """The same wish as a booking's, perhaps for another time; others may operate then."""
        return cls(
            instrument_id=reservation.instrument_id,
            span=span or TimeSpan(reservation.starts_at, reservation.ends_at),
            mode=reservation.mode.value,
            organisation_id=reservation.organisation_id,
            holder_id=reservation.holder_id,
            reason=reason,
            but=reservation.id,
            made_at=reservation.created_at,
            number=reservation.number,
            operators=operators,
            accessories=accessories,
            samples=reservation.samples,
            consumables=reservation.consumables,
        )

    @property
    def asker(self) -> Asker:
        return Asker(self.organisation_id, self.holder_id, () if self.but is None else (self.but,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A wish with everything that decides about it."""

    ask: Ask
    terms: BookingTerms
    policy: Policy
    demand: Demand
    standing: Standing

    def broken(self, rules: Iterable[Rule] = RULES) -> tuple[Violation, ...]:
        return violations(self.demand, self.policy, rules)

    def quote(
        self, samples: int, consumables: Mapping[str, int] = NOTHING_USED
    ) -> tuple[int | None, Quote]:
        """What it costs, and by which price list."""
        cited = self.ask.cited
        tariff = cited.tariff if cited else self.terms.tariff
        if tariff is None:
            raise ReservationRefused([NO_PRICE])
        asked, named = self.demand.span, cited.customer_class if cited else self.price_class
        return tariff.tariff_id, price(
            asked, tariff, named, samples=samples, consumables=consumables
        )

    def counting(self, others: Sequence[Counted]) -> "Judged":
        """The same as if others of those who ask were booked too."""
        inside = self.ask.organisation_id == self.terms.organisation_id
        return replace(self, demand=counting(self.demand, self.policy, others, inside=inside))

    def paying(self, held_fen: int) -> "Judged":
        """The same with what others of the same wish would hold of what was paid in advance."""
        funds = self.demand.funds
        if funds is None or not held_fen:
            return self
        left = replace(funds, available_fen=funds.available_fen - held_fen)
        return replace(self, demand=replace(self.demand, funds=left))

    @property
    def pays_ahead(self) -> bool:
        """Whether the price is held of what was paid in advance: not where there is none, nor of
        one's own people."""
        outside = self.ask.organisation_id != self.terms.organisation_id
        return self.terms.policy.prepaid and outside and self.terms.tariff is not None

    @property
    def price_class(self) -> str:
        """Whose prices hold on the day on which the span begins."""
        return price_class(
            self.demand.customer_class,
            self.standing.held,
            priced=self.terms.classes_priced,
            day=local(self.demand.span.start).date(),
        )

    @property
    def running_out(self) -> RunningOut | None:
        """Cheaper or dearer prices that hold today, and are known to have ended by then."""
        return running_out(
            self.demand.customer_class,
            self.standing.held,
            priced=self.terms.classes_priced,
            today=local(self.demand.asked_at).date(),
            day=local(self.demand.span.start).date(),
        )

    def must_be_approved(self, by: Actor) -> bool:
        """Whether somebody else than this person still has to decide."""
        decides = may_in_lab(by, self.terms, Permission.RESERVATION_DECIDE)
        approval: Approval = self.terms.policy.approval
        needed = needs_approval(approval, used_before=self.standing.used_before)
        return not decides and (needed or asks_for_approval(self.demand))


def judge(session: Session, ask: Ask, *, now: datetime, lock: bool = True) -> Judged:
    """Gather what the rules ask for; where bookings are counted, they stay so until we end."""
    terms = booking_terms(session, ask.instrument_id, ask.span, around=LOOK_AHEAD, now=now)
    return judge_by(session, ask, terms, now=now, lock=lock)


def judge_by(
    session: Session, ask: Ask, terms: BookingTerms, *, now: datetime, lock: bool = False
) -> Judged:
    """The same under terms that may not be in force."""
    standing = standing_of(
        session,
        ask.organisation_id,
        holder_id=ask.holder_id,
        instrument_id=ask.instrument_id,
        lock=lock and terms.policy.counts_bookings,
        now=now,
    )
    answers = ForOne(
        session=session,
        instrument_id=ask.instrument_id,
        asker=ask.asker,
        standing=standing,
        number=ask.number,
    )
    return judge_from(answers, ask, terms, now=now)


def judge_from(answers: Answers, ask: Ask, terms: BookingTerms, *, now: datetime) -> Judged:
    """The same from what is known already, or asked when a rule wants it."""
    standing = answers.standing
    named = standing.customer.class_at(terms.organisation_id)
    policy = policy_from(terms, named)
    mode = ask.mode or usual_mode(terms.service_modes)
    crew = crew_needed(terms, mode, ask.operators, serving=ask.but is not None)
    demand = Demand(
        span=ask.span,
        asked_at=now,
        made_at=ask.made_at,
        mode=mode,
        customer_class=named,
        verified=standing.verified,
        credit=None if named == INTERNAL else standing.credit,
        counted=answers.counted(policy.near(ask.span)) if policy.counts_others else (),
        insiders=answers.insiders(ask.span) if policy.weeks_windows else (),
        crew=answers.crew(crew, ask.span, policy.held(ask.span)),
        training=answers.training() if asks_for_training(mode, policy) else None,
    )
    judged = Judged(ask=ask, terms=terms, policy=policy, demand=demand, standing=standing)
    return _with_funds(judged, answers)


def _with_funds(judged: Judged, answers: Answers) -> Judged:
    """The same with what it would hold of what was paid in advance, where it is to be."""
    if not judged.pays_ahead:
        return judged
    try:
        needed = judged.quote(judged.ask.samples, judged.ask.consumables)[1].total_fen
    except ItemNotPriced:
        # Whoever wants a price is told when it is asked for. A booking that keeps its own asks for
        # none: it may be approved or change hands, whatever the price list says by now.
        return judged
    available = answers.available(judged.terms.organisation_id)
    return replace(judged, demand=replace(judged.demand, funds=Funds(needed, available)))


def allow(
    session: Session, judged: Judged, *, actor: Actor, rules: Iterable[Rule] = RULES
) -> tuple[str, ...]:
    """Refuse with every broken rule, unless who may sets them aside; the codes set aside."""
    broken, set_aside = weigh(judged, actor=actor, rules=rules)
    if broken:
        beside = () if ORDER_NEEDED in broken else alternatives_of(session, judged)
        raise ReservationRefused(broken, beside)
    return set_aside


def weigh(
    judged: Judged, *, actor: Actor, rules: Iterable[Rule] = RULES
) -> tuple[tuple[Violation, ...], tuple[str, ...]]:
    """What speaks against it; if all of it is set aside, nothing, and the codes of that."""
    broken = judged.broken(rules)
    if judged.terms.tariff is None:
        broken = (*broken, NO_PRICE)
    if rules is not HANDING_OVER_RULES and needs_order(judged, actor):
        return (*broken, ORDER_NEEDED), ()
    if broken and sets_aside(judged, broken, actor=actor):
        return (), codes_of(broken)
    return broken, ()


def needs_order(judged: Judged, actor: Actor) -> bool:
    """Whether somebody who is not of the lab wants time that the lab takes for orders."""
    wanted = by_order(judged.demand.mode) and judged.demand.mode in judged.policy.modes
    return wanted and not may_in_lab(actor, judged.terms, Permission.RESERVATION_OVERRIDE)


def sets_aside(judged: Judged, broken: Iterable[Violation], *, actor: Actor) -> bool:
    """Whether somebody who may gave a reason against rules all of which yield to one."""
    return (
        bool(judged.ask.reason.strip())
        and may_in_lab(actor, judged.terms, Permission.RESERVATION_OVERRIDE)
        and all(violation.overridable for violation in broken)
    )


def may_in_lab(actor: Actor, terms: BookingTerms, permission: Permission) -> bool:
    return actor.may_for(permission, organisation_id=terms.organisation_id, lab_id=terms.lab_id)


def alternatives_of(session: Session, judged: Judged) -> tuple[Alternative, ...]:
    """Free time instead of what was judged."""
    return alternatives_to(
        session,
        judged.terms,
        judged.demand,
        customer=judged.standing.customer,
        asker=judged.ask.asker,
        along=Along(judged.ask.accessories, judged.ask.number),
    )
