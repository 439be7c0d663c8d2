"""Booking again and again: a form with its preview, the page of a series, one decision for all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlmodel import Session
from starlette.datastructures import FormData

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.helpers import accessories_with
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.customer import ENTERPRISE
from booking.instruments.rules.recurring import Frequency
from booking.instruments.rules.tariff import Consumable, ItemNotPriced
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.clock import local
from booking.kernel.errors import NotFound, Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.change_series import approve_series, reject_series
from booking.reservations.actions.foresee import Foreseen, foresee
from booking.reservations.actions.reserve import may_book_for
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.actions.taking import may_in_lab
from booking.reservations.errors import OrganisationMissing
from booking.reservations.forms import ReasonForm
from booking.reservations.forms.series import SeriesBookingForm, SeriesForm
from booking.reservations.queries.citable import VoucherShare, VoucherSource
from booking.reservations.queries.series import series_seen_by
from booking.reservations.routes.cards import card_of
from booking.reservations.routes.preview import modes_to_book
from booking.reservations.routes.purse import PurseDep
from booking.reservations.rules.series import SeriesRuleRefused, occurrences, read_rule
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in, parse
from booking.web.idempotency import OnceByForm
from booking.web.moments import instant_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Booker = Annotated[Actor, requires(Permission.RESERVATION_CREATE)]
Decider = Annotated[Actor, requires(Permission.RESERVATION_DECIDE)]
_NEW: Final = "reservations/new_series.html"
_SHOWN: Final = "reservations/series.html"
_MONDAY: Final = date(2026, 1, 5)
_CHOICES: Final[dict[str, Any]] = {
    "frequencies": tuple(Frequency),
    "weekdays": [(n, _MONDAY + timedelta(days=n)) for n in range(7)],
}
# What the booking panel leads here with, besides the time and the accessories.
_CHOSEN: Final = (
    *("mode", "samples", "consumables", "purpose", "voucher"),
    *("on_behalf_of", "override_reason"),
)
_TWO_MONTHS: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPlan:
    """The form, and what would become of each time; plain values, so that it can be shown again."""

    instrument_id: int
    name: str
    name_en: str
    form: Filled[BaseModel]
    modes: tuple[ServiceMode, ...]
    may_book: bool
    is_staff: bool = False
    # What may be taken along each time, as id and label.
    accessories: Sequence[tuple[int, str]] = ()
    consumables: tuple[Consumable, ...] = ()
    rule: str = ""
    foreseen: Sequence[Foreseen] = ()
    refused: tuple[Violation, ...] = ()
    # What a voucher would pay of each free time; empty where none is cited.
    shares: Sequence[VoucherShare] = ()

    def names_of(self, unit_ids: Collection[int]) -> list[str]:
        """What accessories are called."""
        return [label for unit, label in self.accessories if unit in unit_ids]

    @property
    def free(self) -> list[Foreseen]:
        return [one for one in self.foreseen if one.free]

    @property
    def total_fen(self) -> int:
        """What the free times cost together."""
        return sum(one.total_fen or 0 for one in self.free)

    @property
    def shared(self) -> Sequence[tuple[Foreseen, VoucherShare]]:
        """The free times, and what the voucher would pay of each."""
        return list(zip(self.free, self.shares, strict=False))

    @property
    def own_fen(self) -> int:
        """What is left for the company, before subsidies."""
        return self.total_fen - sum(one.pays_fen for one in self.shares)

    @property
    def waits(self) -> bool:
        return any(one.waits for one in self.free)


@router.get("/instruments/{instrument_id}/series", name="reservation_series_new")
def plan(
    instrument_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    purse: PurseDep,
    actor: Booker,
) -> Response:
    """The form for what stands in the address; with a rule, every time of it is foreseen."""
    now = clock.now()
    form: Filled[BaseModel]
    if "frequency" in request.query_params:
        asked = request.query_params.multi_items()
        # Each page has a key of its own, also one whose address was copied.
        form = parse(SeriesForm, FormData([one for one in asked if one[0] != "once"]))
    else:
        form = _beginning(request, now)
    shown = _plan(session, instrument_id, form, actor=actor, now=now)
    shown = replace(shown, shares=_shares(session, shown, purse, actor=actor, now=now))
    return page.render(_NEW, plan=shown, **_CHOICES)


@router.post("/instruments/{instrument_id}/series", name="reservation_series_create")
def create(
    instrument_id: int,
    form: Annotated[Filled[SeriesBookingForm], filled_in(SeriesBookingForm)],
    uow: Transaction,
    page: PageDep,
    once: OnceByForm,
    actor: Booker,
) -> Response:
    """Book it, once however often the page is sent; a refusal shows every time in the way."""
    now = once.now
    shown = _plan(uow.session, instrument_id, form, actor=actor, now=now)  # type: ignore[arg-type]  # a form is only read
    page.if_refused(_NEW, plan=shown, **_CHOICES)
    wish = form.checked.series(instrument_id)
    number = once.reaching(lambda: reserve_series(uow, wish, actor=actor, now=now).series.number)
    return page.redirect("reservation_series", number)


@router.get("/reservation-series/{number}", name="reservation_series")
def show(
    number: str,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_READ)],
) -> Response:
    """Its bookings as they stand, what they cost together, what was skipped."""
    return page.render(_SHOWN, **_shown(session, number, actor, now=clock.now()))


@router.post("/reservation-series/{number}/approval", name="series_approve")
def grant(
    number: str,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Promise every time that still waits."""
    now = clock.now()
    page.if_refused(_SHOWN, **_shown(uow.session, number, actor, now=now))
    approve_series(uow, number, actor=actor, now=now, reason=form.checked.reason)
    return page.redirect("reservation_series", number)


@router.post("/reservation-series/{number}/rejection", name="series_reject")
def refuse(
    number: str,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Say no to all that waits, with a reason."""
    now = clock.now()
    page.if_refused(_SHOWN, **_shown(uow.session, number, actor, now=now))
    reject_series(uow, number, actor=actor, now=now, reason=form.checked.reason)
    return page.redirect("reservation_series", number)


def _beginning(request: Request, now: datetime) -> Filled[BaseModel]:
    """A form that begins with what stands in the address, and repeats it weekly."""
    query = request.query_params
    start, end = instant_in(query.get("start", "")), instant_in(query.get("end", ""))
    return blank(
        starts_at=start,
        ends_at=end,
        **{name: query.get(name, "") for name in _CHOSEN},
        accessory_ids=query.getlist("accessory_ids"),
        frequency=Frequency.WEEKLY,
        every=1,
        until=local((start or now) + _TWO_MONTHS).date().isoformat(),
    )


def _plan(
    session: Session, instrument_id: int, form: Filled[BaseModel], *, actor: Actor, now: datetime
) -> SeriesPlan:
    terms = booking_terms(session, instrument_id, TimeSpan(now, now + timedelta(days=1)), now=now)
    must_be_known(terms, actor)
    asked = form.model if isinstance(form.model, SeriesForm) else None
    is_staff = may_in_lab(actor, terms, Permission.RESERVATION_OVERRIDE)
    may_book = is_staff or bool(may_book_for(actor))
    foreseen: Sequence[Foreseen] = ()
    refused: tuple[Violation, ...] = ()
    if asked and may_book:
        try:
            spans = occurrences(asked.span, read_rule(asked.rule))
            foreseen = foresee(session, asked.wish(instrument_id), spans, actor=actor, now=now)
        except SeriesRuleRefused as broken:
            refused = broken.violations
        except (NotFound, OrganisationMissing, ItemNotPriced) as unknown:
            # Nobody of that address, or nobody at all is named by somebody who books for others;
            # or something is to be used up that is not sold.
            refused = (Violation(unknown.code, unknown.params),)
    return SeriesPlan(
        instrument_id=instrument_id,
        name=terms.name,
        name_en=terms.name_en,
        form=form,
        modes=modes_to_book(terms, is_staff=is_staff),
        may_book=may_book,
        is_staff=is_staff,
        accessories=accessories_with(session, instrument_id) if may_book else (),
        consumables=terms.tariff.consumables_for(ENTERPRISE) if terms.tariff else (),
        rule=asked.rule if asked else "",
        foreseen=foreseen,
        refused=refused,
    )


def _shares(
    session: Session, plan: SeriesPlan, purse: VoucherSource, *, actor: Actor, now: datetime
) -> Sequence[VoucherShare]:
    number = plan.form.value("voucher").strip()
    whose = {one.planned.judged.ask.organisation_id for one in plan.free if one.planned}
    # What another company's voucher has left is not for whoever books for one of its people.
    if not (number and whose) or not whose.issubset(may_book_for(actor)):
        return ()
    priced = [(plan.instrument_id, one.total_fen or 0) for one in plan.free]
    return purse.shares(session, whose.pop(), number, priced=priced, day=local(now).date())


def _shown(session: Session, number: str, actor: Actor, *, now: datetime) -> dict[str, Any]:
    series = series_seen_by(session, number, actor)
    cards = [card_of(one, actor, now=now) for one in series.booked]
    return {
        "series": series,
        "cards": cards,
        "decides": series.waiting > 0 and cards[0].decides,
        "ahead": next((c for c in cards if c.may_cancel and c.seen.starts_at > now), None),
    }
