"""Pages of those who set the booking rules: sentences with gaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.set_policy import set_policy, withdraw_policy
from booking.instruments.forms.policy_page import (
    MOST_PEAKS,
    MOST_QUOTAS,
    PolicyPage,
    as_typed,
    peaks_shown,
    quotas_shown,
)
from booking.instruments.forms.texts import Start
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.queries.settings import in_force, policies, policy_terms, standing_of
from booking.instruments.routes.management import kept_card
from booking.instruments.rules.customer import RULE_CLASSES
from booking.instruments.rules.differences import Difference, policy_differences
from booking.instruments.rules.terms import Approval, ServiceMode
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
PAGE: Final = "instruments/manage/policy.html"
_SEVEN_DAYS: Final = tuple((n, date(2026, 1, 4 + n)) for n in range(1, 8))  # from a Monday on
_HERE: Final = "/manage/instruments/{instrument_id}/policy"


@dataclass(frozen=True, slots=True)
class Changed:
    """A rule as it was and as it is, empty where there is none; `counted` says what a limit adds up
    (whose, what, in which time)."""

    rule: str
    customer_class: str
    counted: tuple[str, ...]
    before: timedelta | str
    after: timedelta | str

    @property
    def is_new(self) -> bool:
        return self.before == ""

    @property
    def is_gone(self) -> bool:
        return self.after == ""


@dataclass(frozen=True, slots=True)
class Version:
    """A version with what it changed from the one before; the first is only there."""

    row: BookingPolicy
    standing: str
    changed: tuple[Changed, ...]
    is_first: bool


@router.get(_HERE, name="instrument_policy")
def policy_page(
    instrument_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
    unchanged: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    kept = kept_card(session, instrument_id, actor)
    versions = policies(session, instrument_id)
    held = in_force(versions, clock.now())
    form = blank(**as_typed(held if isinstance(held, BookingPolicy) else None))
    given = shown(form, versions, now=clock.now()) | {"is_unchanged": bool(unchanged)}
    return page.render(PAGE, kept=kept, **given)


@router.post(f"{_HERE}/draft", name="instrument_draft_policy")
def draft(
    instrument_id: int,
    form: Annotated[Filled[PolicyPage], filled_in(PolicyPage)],
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Nothing is kept: the page with a row more."""
    kept = kept_card(session, instrument_id, actor)
    given = shown(form, policies(session, instrument_id), now=clock.now())
    return page.render(PAGE, kept=kept, **given)


@router.post(_HERE, name="instrument_set_policy")
def change_policy(
    instrument_id: int,
    form: Annotated[Filled[PolicyPage], filled_in(PolicyPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    kept, now = kept_card(uow.session, instrument_id, actor), clock.now()
    versions = policies(uow.session, instrument_id)
    known = {row.key for row in versions}
    page.if_refused(PAGE, kept=kept, **shown(form, versions, now=now))
    told = form.checked
    terms = told.terms()
    made = set_policy(uow, instrument_id, terms, actor=actor, now=now, valid_from=told.valid_from)
    same = {"unchanged": "yes"} if made.key in known else {}
    return page.redirect("instrument_policy", instrument_id, **same)


@router.post(f"{_HERE}/withdrawal", name="instrument_withdraw_policy")
def withdraw(
    instrument_id: int,
    valid_from: Annotated[Start, Form()],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    withdraw_policy(uow, instrument_id, valid_from, actor=actor, now=clock.now())
    return page.redirect("instrument_policy", instrument_id)


def shown(form: Filled[Any], rows: Sequence[BookingPolicy], *, now: datetime) -> dict[str, Any]:
    """Everything that the page shows but whose it is; nothing was tried yet."""
    held = in_force(rows, now)
    return {
        "form": form,
        "versions": tuple(_versions(rows, now)),
        "approvals": tuple(Approval),
        "quotas": quotas_shown(form, more=form.value("more") == "quota"),
        "most_quotas": MOST_QUOTAS,
        "peaks": peaks_shown(form, more=form.value("more") == "peak"),
        "most_peaks": MOST_PEAKS,
        "weekdays": _SEVEN_DAYS,
        "classes": RULE_CLASSES,
        "left_out": _unknown(held),
        "is_unchanged": False,
        "modes": tuple(ServiceMode),
        "verdict": None,
        "unclear": (),
    }


def _unknown(held: object) -> tuple[str, ...]:
    """The classes that nobody can be: a new version leaves their rules out."""
    if not isinstance(held, BookingPolicy):
        return ()
    bound = {str(quota.get("customer_class") or "") for quota in held.quotas} - {""}
    named = dict.fromkeys((*held.horizon_days, *held.per_class, *sorted(bound)))
    return tuple(name for name in named if name not in RULE_CLASSES)


def _versions(rows: Sequence[BookingPolicy], now: datetime) -> Iterator[Version]:
    """Every version, the newest first, with what it changed."""
    held = in_force(rows, now)
    for nth, row in enumerate(rows):
        before = next((one for one in rows[nth + 1 :] if one.withdrawn_at is None), None)
        changed = policy_differences(policy_terms(before), policy_terms(row)) if before else ()
        told = tuple(map(_told, changed))
        yield Version(row, standing_of(row, held, now), told, is_first=before is None)


def _told(one: Difference) -> Changed:
    before, after = (_length(one.name, text) for text in (one.before, one.after))
    return Changed(one.name, one.customer_class, tuple(one.detail.split()), before, after)


def _length(name: str, text: str) -> timedelta | str:
    return timedelta(minutes=int(text)) if text and name.endswith("_minutes") else text
