"""Pages of those who set prices: the editor with a worked example, and the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.set_tariff import PriceList, set_tariff, withdraw_tariff
from booking.instruments.calendar.week import today
from booking.instruments.forms.tariff_page import (
    ROWS,
    TariffDraft,
    as_typed,
    classes_shown,
    rows_shown,
)
from booking.instruments.forms.texts import Start
from booking.instruments.models.tariff import Tariff
from booking.instruments.queries.settings import in_force, listed_of, standing_of, tariffs
from booking.instruments.routes.management import kept_card
from booking.instruments.rules.customer import ENTERPRISE, PRICE_CLASSES
from booking.instruments.rules.differences import Difference, differences
from booking.instruments.rules.examples import Compared, TypicalUse, comparison
from booking.instruments.rules.price_list import Listed, contradictions, tariff_terms
from booking.instruments.rules.pricing import Quote, price
from booking.instruments.rules.tariff import Basis, ClassNotPriced
from booking.kernel.clock import LOCAL
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan
from booking.web.clock import ClockDep
from booking.web.formats import field_moment
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_PAGE: Final = "instruments/manage/tariffs.html"
_HERE: Final = "/manage/instruments/{instrument_id}/tariffs"
_MONDAY: Final = date(2026, 11, 23)
_SEVEN_DAYS: Final = tuple((n, _MONDAY + timedelta(days=n - 1)) for n in range(1, 8))


@dataclass(frozen=True, slots=True)
class Example:
    """What stands in the form, reckoned: one use with its lines, and typical uses of each class."""

    quote: Quote | None = None
    span: TimeSpan | None = None
    compared: tuple[Compared, ...] = ()
    uses: tuple[TypicalUse, ...] = tuple(TypicalUse)
    unclear: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A version with what it changed from the one before."""

    row: Tariff
    standing: str
    changed: tuple[Difference, ...]


@router.get(_HERE, name="instrument_tariffs")
def tariffs_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    kept, now = kept_card(session, instrument_id, actor), clock.now()
    rows = tariffs(session, instrument_id)
    form = _begun_with(next((row for row in rows if row.withdrawn_at is None), None), now)
    return page.render(_PAGE, kept=kept, **_given(form, rows, now))


@router.post(f"{_HERE}/draft", name="instrument_draft_tariff")
def draft(
    instrument_id: int,
    form: Annotated[Filled[TariffDraft], filled_in(TariffDraft)],
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Nothing is kept: what stands in the form is reckoned, or gets a row more."""
    kept = kept_card(session, instrument_id, actor)
    rows = tariffs(session, instrument_id)
    given = _given(form, rows, clock.now())
    return page.render(_PAGE, fragment=page.target("example"), kept=kept, **given)


@router.post(_HERE, name="instrument_add_tariff")
def add_tariff(
    instrument_id: int,
    form: Annotated[Filled[TariffDraft], filled_in(TariffDraft)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    kept, now = kept_card(uow.session, instrument_id, actor), clock.now()
    given = _given(form, tariffs(uow.session, instrument_id), now)
    page.if_refused(_PAGE, kept=kept, **given)
    told = form.checked
    since = told.valid_from or now
    set_tariff(uow, instrument_id, _from(told.listed(), since), actor=actor, now=now)
    return page.redirect("instrument_tariffs", instrument_id)


@router.post(f"{_HERE}/withdrawal", name="instrument_withdraw_tariff")
def withdraw(
    instrument_id: int,
    valid_from: Annotated[Start, Form()],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    withdraw_tariff(uow, instrument_id, valid_from, actor=actor, now=clock.now())
    return page.redirect("instrument_tariffs", instrument_id)


def _begun_with(newest: Tariff | None, now: datetime) -> Filled[Any]:
    """The newest prices to change, or an empty list; tomorrow morning as the example."""
    start = datetime.combine(today(now) + timedelta(days=1), datetime.min.time(), LOCAL)
    example = {
        "example_start": field_moment(start + timedelta(hours=9)),
        "example_end": field_moment(start + timedelta(hours=12)),
        "example_class": ENTERPRISE,
    }
    if newest is None:
        usual = Listed(classes={})
        return blank(**as_typed(usual), **example)
    return blank(**as_typed(listed_of(newest)), **example)


def _given(form: Filled[Any], rows: Sequence[Tariff], now: datetime) -> dict[str, Any]:
    """Everything that the page shows but whose it is."""
    return {
        "form": form,
        "rows": rows_shown(form, more=form.value("more")),
        "most": {kind: most for kind, (_, most) in ROWS.items()},
        "classes": (shown := classes_shown(form)),
        "addable": tuple(name for name in PRICE_CLASSES if name not in shown),
        "left_out": _unknown(rows),
        "weekdays": _SEVEN_DAYS,
        "bases": tuple(Basis),
        "example": _example(form, shown, today(now)),
        "versions": _versions(rows, now),
    }


def _unknown(rows: Sequence[Tariff]) -> tuple[str, ...]:
    """The classes of the newest list that nobody can be: a new one leaves them out."""
    newest = next((row for row in rows if row.withdrawn_at is None), None)
    return tuple(n for n in newest.classes if n not in PRICE_CLASSES) if newest else ()


def _example(form: Filled[Any], classes: Sequence[str], day: date) -> Example:
    told = form.model
    if told is None:
        faults = [fault for found in form.faults.values() for fault in found]
        return Example(unclear=tuple(faults))
    terms = tariff_terms(told.listed())
    if unclear := tuple(contradictions(terms)):
        return Example(unclear=unclear)
    workday = day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    payers = [name for name in classes if terms.is_priced(name)]
    compared = comparison(terms, payers, workday=workday)
    start, end = told.example_start, told.example_end
    if start is None or end is None or not start < end <= start + timedelta(days=62):
        return Example(compared=compared)
    if not terms.is_priced(told.example_class):
        missing = Violation(ClassNotPriced.code, {"customer_class": told.example_class})
        return Example(compared=compared, unclear=(missing,))
    span = TimeSpan(start, end)
    quote = price(span, terms, told.example_class, samples=told.example_samples)
    return Example(quote, span, compared)


def _versions(rows: Sequence[Tariff], now: datetime) -> Sequence[Version]:
    """The newest first, each beside the one that stood before it."""
    held = in_force(rows, now)
    shown = []
    for nth, row in enumerate(rows):
        before = next((one for one in rows[nth + 1 :] if one.withdrawn_at is None), None)
        changed = differences(listed_of(before), listed_of(row)) if before else ()
        shown.append(Version(row, standing_of(row, held, now), changed))
    return shown


def _from(listed: Listed, valid_from: datetime) -> PriceList:
    return PriceList(
        valid_from=valid_from,
        basis=listed.basis,
        round_up_minutes=listed.round_up_minutes,
        vat_rate=listed.vat_rate,
        vat_included=listed.vat_included,
        peak=listed.peak,
        classes=listed.classes,
    )
