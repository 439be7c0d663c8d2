"""Pages of those who keep instruments: policy and prices."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.set_policy import set_policy
from booking.instruments.actions.set_tariff import PriceList, set_tariff
from booking.instruments.forms.pages import (
    PolicyPage,
    TariffPage,
)
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.queries.settings import (
    in_force,
    policies,
    tariffs,
)
from booking.instruments.routes.management import kept_card
from booking.instruments.rules.pricing import Basis
from booking.instruments.rules.terms import Approval, PolicyTerms
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_POLICY, _TARIFFS = (f"instruments/manage/{name}.html" for name in ("policy", "tariffs"))
_HERE: Final = "/manage/instruments/{instrument_id}"


@router.get(f"{_HERE}/policy", name="instrument_policy")
def policy_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    kept = kept_card(session, instrument_id, actor)
    versions = policies(session, instrument_id)
    held = in_force(versions, clock.now())
    form = _policy_form(held if isinstance(held, BookingPolicy) else None)
    approvals = tuple(Approval)
    return page.render(_POLICY, kept=kept, form=form, versions=versions, approvals=approvals)


@router.post(f"{_HERE}/policy", name="instrument_set_policy")
def change_policy(
    instrument_id: int,
    form: Annotated[Filled[PolicyPage], filled_in(PolicyPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    kept = kept_card(uow.session, instrument_id, actor)
    versions, approvals = policies(uow.session, instrument_id), tuple(Approval)
    page.if_refused(_POLICY, kept=kept, form=form, versions=versions, approvals=approvals)
    told, now = form.checked, clock.now()
    terms = told.terms()
    set_policy(uow, instrument_id, terms, actor=actor, now=now, valid_from=told.valid_from)
    return page.redirect("instrument_policy", instrument_id)


def _policy_form(held: BookingPolicy | None) -> Filled[Any]:
    row: BookingPolicy | PolicyTerms = held or PolicyTerms()
    told = {
        name: getattr(row, name)
        for name in PolicyTerms.__dataclass_fields__
        if name not in {"policy_id", "quotas", "horizon_days"}
    }
    return blank(**told, **{f"horizon_{name}": days for name, days in row.horizon_days.items()})


@router.get(f"{_HERE}/tariffs", name="instrument_tariffs")
def tariffs_page(instrument_id: int, session: Reading, page: PageDep, actor: Keeper) -> Response:
    kept = kept_card(session, instrument_id, actor)
    versions = tariffs(session, instrument_id)
    form = blank(basis=Basis.RESERVED, round_up_minutes=15)
    return page.render(_TARIFFS, kept=kept, form=form, versions=versions, bases=tuple(Basis))


@router.post(f"{_HERE}/tariffs", name="instrument_add_tariff")
def add_tariff(
    instrument_id: int,
    form: Annotated[Filled[TariffPage], filled_in(TariffPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    kept = kept_card(uow.session, instrument_id, actor)
    versions = tariffs(uow.session, instrument_id)
    page.if_refused(_TARIFFS, kept=kept, form=form, versions=versions, bases=tuple(Basis))
    told = form.checked
    prices = PriceList(
        valid_from=told.valid_from,
        basis=told.basis,
        round_up_minutes=told.round_up_minutes,
        classes=told.stored_classes(),
    )
    set_tariff(uow, instrument_id, prices, actor=actor, now=clock.now())
    return page.redirect("instrument_tariffs", instrument_id)
