"""Pages of those who set the booking rules: sentences with gaps."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.set_policy import set_policy
from booking.instruments.forms.policy_page import (
    CLASSES,
    MOST_QUOTAS,
    PolicyPage,
    as_typed,
    quotas_shown,
)
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.queries.settings import in_force, policies
from booking.instruments.routes.management import kept_card
from booking.instruments.rules.terms import Approval
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_PAGE: Final = "instruments/manage/policy.html"
_HERE: Final = "/manage/instruments/{instrument_id}/policy"


@router.get(_HERE, name="instrument_policy")
def policy_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    kept = kept_card(session, instrument_id, actor)
    versions = policies(session, instrument_id)
    held = in_force(versions, clock.now())
    form = blank(**as_typed(held if isinstance(held, BookingPolicy) else None))
    return page.render(_PAGE, kept=kept, **_given(form, versions))


@router.post(f"{_HERE}/draft", name="instrument_draft_policy")
def draft(
    instrument_id: int,
    form: Annotated[Filled[PolicyPage], filled_in(PolicyPage)],
    session: Reading,
    page: PageDep,
    actor: Keeper,
) -> Response:
    """Nothing is kept: the page with a row more."""
    kept = kept_card(session, instrument_id, actor)
    return page.render(_PAGE, kept=kept, **_given(form, policies(session, instrument_id)))


@router.post(_HERE, name="instrument_set_policy")
def change_policy(
    instrument_id: int,
    form: Annotated[Filled[PolicyPage], filled_in(PolicyPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    kept = kept_card(uow.session, instrument_id, actor)
    page.if_refused(_PAGE, kept=kept, **_given(form, policies(uow.session, instrument_id)))
    told, now = form.checked, clock.now()
    terms = told.terms()
    set_policy(uow, instrument_id, terms, actor=actor, now=now, valid_from=told.valid_from)
    return page.redirect("instrument_policy", instrument_id)


def _given(form: Filled[Any], versions: Sequence[BookingPolicy]) -> dict[str, Any]:
    return {
        "form": form,
        "versions": versions,
        "approvals": tuple(Approval),
        "quotas": quotas_shown(form, more=form.value("more") == "quota"),
        "most_quotas": MOST_QUOTAS,
        "classes": CLASSES,
    }
