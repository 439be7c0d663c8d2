"""One's own account: name and language, password, sessions, tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import signed_in
from booking.access.permissions import Permission
from booking.accounts.actions.change_profile import (
    NewPassword,
    ProfileCard,
    change_password,
    change_profile,
)
from booking.accounts.actions.make_token import (
    NewToken,
    TokenWish,
    make_own_token,
    revoke_token,
)
from booking.accounts.actions.sign_in import sign_out_everywhere, sign_out_there
from booking.accounts.errors import NotByToken
from booking.accounts.forms import PasswordForm, ProfileForm, TokenForm
from booking.accounts.identity import PasswordsDep, claim_of, prove
from booking.accounts.queries.delegations import DelegationRow, delegations_of
from booking.accounts.queries.identities import LinkRow, identities_of
from booking.accounts.queries.people import MemberRow, profile_of, roles_of
from booking.accounts.queries.second_factors import FactorState, factor_state
from booking.accounts.queries.sign_ins import SessionRow, TokenRow, sessions_of, tokens_of
from booking.accounts.rules import ANONYMISED_AFTER, TOKEN_LIFE, digest_of
from booking.db.transactions import read_session
from booking.web.clock import ClockDep
from booking.web.filters import localised
from booking.web.forms import Filled, blank, filled_in
from booking.web.problems import problem_of
from booking.web.rendering import PageDep
from booking.web.sessions import session_token
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Oneself = Annotated[Actor, signed_in]

TEMPLATE = "accounts/account.html"


@dataclass(frozen=True, slots=True)
class Own:
    """Everything on the page of one's own account."""

    email: str
    roles: Sequence[MemberRow]
    sessions: Sequence[SessionRow]
    this_session: str
    tokens: Sequence[TokenRow]
    permissions: Sequence[Permission]
    second_factor: FactorState
    identities: Sequence[LinkRow]
    delegations: Sequence[DelegationRow]
    profile: Filled[Any]
    password: Filled[Any]
    token: Filled[Any]
    absence: Filled[Any]
    made: NewToken | None = None
    anonymised_after: int = ANONYMISED_AFTER.days

    @property
    def places(self) -> Sequence[tuple[int, str]]:
        """The organisations one can leave."""
        here = {
            row.organisation_id: localised(row.organisation or "", row.organisation_en or "")
            for row in self.roles
        }
        return [(key, name) for key, name in here.items() if key is not None]


@router.get("/account", name="account")
def account_page(
    request: Request, session: Reading, page: PageDep, clock: ClockDep, actor: Oneself
) -> Response:
    return page.render(TEMPLATE, own=own_shown(session, request, actor, now=clock.now()))


@router.post("/account", name="account_edit")
def edit(
    form: Annotated[Filled[ProfileForm], filled_in(ProfileForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Oneself,
) -> Response:
    own = own_shown(uow.session, request, actor, now=clock.now())
    page.if_refused(TEMPLATE, own=replace(own, profile=form))
    told = form.checked
    card = ProfileCard(name=told.name, locale=told.locale, phone=told.phone)
    change_profile(uow, card, actor=actor, now=clock.now())
    # A language once chosen in the page's head is in a cookie, which counts first: renew it.
    short = "en" if told.locale == "en" else "zh"
    return page.redirect("account", lang=short)


@router.post("/account/password", name="account_password")
def new_password(
    form: Annotated[Filled[PasswordForm], filled_in(PasswordForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    actor: Oneself,
) -> Response:
    """Both hashes are made before the transaction begins."""
    now, engine = clock.now(), request.app.state.engine
    with read_session(engine) as session:
        own = own_shown(session, request, actor, now=now)
    page.if_refused(TEMPLATE, own=replace(own, password=form))
    told = form.checked
    claim = claim_of(request, actor.email, told.current_password)
    proof = prove(engine, claim, passwords=passwords, now=now)
    hashed = passwords.hashed(told.new_password)
    new = NewPassword(text=told.new_password, hashed=hashed, session_secret=session_token(request))
    refused = change_password(uow, proof, new, actor=actor, now=now)
    return page.problem(problem_of(refused)) if refused else page.redirect("account")


@router.post("/account/sessions/end", name="account_sign_out_everywhere")
def end_sessions(
    request: Request, uow: Transaction, page: PageDep, clock: ClockDep, actor: Oneself
) -> Response:
    """Every browser but this one."""
    sign_out_everywhere(uow, actor=actor, now=clock.now(), but_not=session_token(request))
    return page.redirect("account")


@router.post("/account/sessions/{session_id}/end", name="account_session_end")
def end_one_session(
    session_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Oneself
) -> Response:
    """One other browser."""
    sign_out_there(uow, session_id, actor=actor, now=clock.now())
    return page.redirect("account")


@router.post("/account/tokens", name="account_token_make")
def new_token(
    form: Annotated[Filled[TokenForm], filled_in(TokenForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Oneself,
) -> Response:
    """The answer itself shows the token, once: no redirect could carry it without keeping it."""
    own = own_shown(uow.session, request, actor, now=clock.now())
    page.if_refused(TEMPLATE, own=replace(own, token=form))
    told = form.checked
    scopes = [scope.value for scope in told.scopes] or None
    wish = TokenWish(name=told.token_name, scopes=scopes, lifetime=timedelta(days=told.days))
    made = make_own_token(uow, wish, actor=actor, now=clock.now())
    own = own_shown(uow.session, request, actor, now=clock.now())
    return page.render(TEMPLATE, status=201, own=replace(own, made=made))


@router.post("/account/tokens/{token_id}/revocation", name="account_token_revoke")
def end_token(
    token_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Oneself
) -> Response:
    revoke_token(uow, token_id, actor=actor, now=clock.now())
    return page.redirect("account")


def own_shown(session: Session, request: Request, actor: Actor, *, now: datetime) -> Own:
    """What the owner of an account sees, signed in."""
    if not actor.in_person:
        raise NotByToken
    name, phone, locale = profile_of(session, actor.id)
    return Own(
        email=actor.email,
        roles=roles_of(session, [actor.id]),
        sessions=sessions_of(session, actor.id, now),
        this_session=digest_of(session_token(request) or ""),
        tokens=tokens_of(session, actor.id, now),
        permissions=sorted(actor.permissions),
        second_factor=factor_state(session, actor.id),
        identities=identities_of(session, actor.id),
        delegations=delegations_of(session, actor.id, now),
        profile=blank(name=name, phone=phone, locale=locale),
        password=blank(),
        token=blank(days=TOKEN_LIFE.days),
        absence=blank(),
    )
