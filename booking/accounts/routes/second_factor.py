"""One's own second factor: set up, recovery codes, switched off; a colleague's, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import arriving, requires, signed_in
from booking.access.permissions import Permission
from booking.accounts.actions.second_factor import (
    BothFactors,
    begin,
    confirm,
    remove_of_colleague,
    renew_codes,
    switch_off,
)
from booking.accounts.errors import NotByToken
from booking.accounts.forms import (
    BothFactorsForm,
    ConfirmationForm,
    CurrentPasswordForm,
    ReasonForm,
)
from booking.accounts.identity import (
    PasswordsDep,
    SealDep,
    claim_of,
    code_claim_of,
    prove,
)
from booking.accounts.providers.local import Passwords
from booking.accounts.providers.one_time import enrolment_address
from booking.accounts.queries.second_factors import FactorState, factor_state
from booking.db.transactions import read_session
from booking.kernel.errors import BookingError
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import gettext
from booking.web.problems import problem_of
from booking.web.qr import Picture, picture_of
from booking.web.rendering import PageDep
from booking.web.sessions import session_token
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Newcomer = Annotated[Actor, arriving]
Oneself = Annotated[Actor, signed_in]

_TEMPLATE = "accounts/second_factor.html"


@dataclass(frozen=True, slots=True)
class Key:
    """What the telephone must learn, to be shown once."""

    text: str
    address: str
    picture: Picture


@router.get("/account/second-factor", name="second_factor")
def second_factor_page(session: Reading, page: PageDep, actor: Newcomer) -> Response:
    state = _state(session, actor)
    return page.render(_TEMPLATE, form=blank(), state=state, step="set" if state.set else "none")


@router.post("/account/second-factor", name="second_factor_begin")
def begin_now(
    form: Annotated[Filled[CurrentPasswordForm], filled_in(CurrentPasswordForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    seal: SealDep,
    actor: Newcomer,
) -> Response:
    """The answer itself shows the key, once: no redirect could carry it without keeping it."""
    page.if_refused(_TEMPLATE, form=form, state=FactorState(), step="none")
    now = clock.now()
    claim = claim_of(request, actor.email, form.checked.current_password)
    proof = prove(request.app.state.engine, claim, passwords=passwords, now=now)
    key = begin(uow, proof, seal=seal, actor=actor, now=now)
    if isinstance(key, BookingError):
        return page.problem(problem_of(key))
    shown = _shown(key, actor)
    return page.render(
        _TEMPLATE, status=201, form=blank(), state=FactorState(), step="begun", key=shown
    )


@router.post("/account/second-factor/confirmation", name="second_factor_confirm")
def confirm_now(
    form: Annotated[Filled[ConfirmationForm], filled_in(ConfirmationForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    seal: SealDep,
    actor: Newcomer,
) -> Response:
    """A wrong code does not show the key again: the telephone has it, or one begins anew."""
    page.if_refused(_TEMPLATE, form=form, state=FactorState(), step="begun", key=None)
    code = code_claim_of(request, actor.id, form.checked.otp)
    secret, now = session_token(request), clock.now()
    codes = confirm(uow, code, session_secret=secret, seal=seal, actor=actor, now=now)
    return _codes(page, uow.session, actor, codes)


@router.post("/account/second-factor/recovery-codes", name="second_factor_renew")
def renew_now(
    form: Annotated[Filled[BothFactorsForm], filled_in(BothFactorsForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    seal: SealDep,
    actor: Oneself,
) -> Response:
    _if_refused(page, request, actor, form)
    both = _both(request, form.checked, passwords, actor)
    codes = renew_codes(uow, both, seal=seal, actor=actor, now=clock.now())
    return _codes(page, uow.session, actor, codes)


@router.post("/account/second-factor/removal", name="second_factor_off")
def off_now(
    form: Annotated[Filled[BothFactorsForm], filled_in(BothFactorsForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    seal: SealDep,
    actor: Oneself,
) -> Response:
    _if_refused(page, request, actor, form)
    both = _both(request, form.checked, passwords, actor)
    refused = switch_off(uow, both, seal=seal, actor=actor, now=clock.now())
    return page.problem(problem_of(refused)) if refused else page.redirect("second_factor")


@router.post("/people/{user_id}/second-factor/removal", name="second_factor_remove")
def remove_now(
    user_id: int,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.PEOPLE_MANAGE)],
) -> Response:
    """For a colleague whose telephone and paper are lost."""
    reason = form.checked.reason
    remove_of_colleague(uow, user_id, reason, actor=actor, now=clock.now())
    return page.redirect("people")


def _state(session: Session, actor: Actor) -> FactorState:
    if not actor.in_person:
        raise NotByToken
    return factor_state(session, actor.id)


def _if_refused(
    page: PageDep, request: Request, actor: Actor, form: Filled[BothFactorsForm]
) -> None:
    with read_session(request.app.state.engine) as session:
        state = _state(session, actor)
    page.if_refused(_TEMPLATE, form=form, state=state, step="set" if state.set else "none")


def _both(
    request: Request, told: BothFactorsForm, passwords: Passwords, actor: Actor
) -> BothFactors:
    """The hash is made before the transaction begins."""
    state = request.app.state
    claim = claim_of(request, actor.email, told.current_password)
    proof = prove(state.engine, claim, passwords=passwords, now=state.clock.now())
    return BothFactors(proof, code_claim_of(request, actor.id, told.otp), session_token(request))


def _codes(
    page: PageDep, session: Session, actor: Actor, codes: Sequence[str] | BookingError
) -> Response:
    """The answer itself shows them, once."""
    if isinstance(codes, BookingError):
        return page.problem(problem_of(codes))
    state = factor_state(session, actor.id)
    return page.render(
        _TEMPLATE, status=201, form=blank(), state=state, step="set", recovery_codes=codes
    )


def _shown(key: str, actor: Actor) -> Key:
    address = enrolment_address(key, email=actor.email, issuer=gettext("Shared Instruments"))
    groups = [key[start : start + 4] for start in range(0, len(key), 4)]
    return Key(" ".join(groups), address, picture_of(address))
