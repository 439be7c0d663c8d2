"""JSON: a token for a password, and who one is."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, SecondFactorRequired, signed_in
from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.accounts.actions.make_token import TokenWish, make_token
from booking.accounts.actions.prove_code import prove_code
from booking.accounts.actions.sign_in import admit
from booking.accounts.errors import SecondFactorNeeded
from booking.accounts.forms import TokenRequest
from booking.accounts.identity import (
    PasswordsDep,
    SealDep,
    claim_of,
    code_claim_of,
    lacks_second_factor,
    prove,
    settings_of,
)
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.queries.people import MemberRow, roles_of
from booking.accounts.queries.second_factors import has_second_factor
from booking.organisations.queries import organisations_by_id
from booking.web.clock import ClockDep
from booking.web.errors import refusal
from booking.web.json import AwareMoment
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["accounts"])


class TokenOut(BaseModel):
    """The token; it is shown this once."""

    token: str
    expires_at: AwareMoment


class RoleOut(BaseModel):
    """A role, and where it counts."""

    role: Role
    organisation_id: int | None
    organisation: str | None
    lab_id: int | None
    lab: str | None


class OwnOrganisation(BaseModel):
    """An organisation one belongs to."""

    id: int
    name: str
    state: str
    roles: list[Role]


class MeOut(BaseModel):
    """Who asks, and what this session or token may do."""

    id: int
    name: str
    email: str
    locale: str
    roles: list[RoleOut]
    organisations: list[OwnOrganisation]
    permissions: list[Permission]


@router.post("/tokens", status_code=201, response_model=TokenOut)
def create_token(
    body: TokenRequest,
    request: Request,
    uow: Transaction,
    clock: ClockDep,
    passwords: PasswordsDep,
    seal: SealDep,
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """A token for whoever knows the password, and the code (`otp`) where a second factor is set.

    Failures are counted as on the sign-in page.
    """
    now: datetime = clock.now()
    claim = claim_of(request, body.email, body.password)
    proof = prove(request.app.state.engine, claim, passwords=passwords, now=now)
    admitted = admit(uow, proof, now=now)
    if not isinstance(admitted, int):
        return refusal(request, admitted)
    if has_second_factor(uow.session, admitted):
        if body.otp is None:
            return refusal(request, SecondFactorNeeded())
        code = code_claim_of(request, admitted, body.otp)
        if refused := prove_code(uow, code, seal=seal, now=now):
            return refusal(request, refused)
    elif settings_of(request).require_second_factor and lacks_second_factor(
        actor_by_id(uow.session, admitted).roles, strong=False
    ):
        raise SecondFactorRequired
    wish = TokenWish(name=body.name, scopes=body.scopes, lifetime=timedelta(days=body.days))
    made = make_token(uow, admitted, wish, actor_id=admitted, now=now)
    told = TokenOut(token=made.token, expires_at=made.expires_at).model_dump(mode="json")
    return JSONResponse(told, 201, headers={"cache-control": "no-store"})


@router.get("/me")
def me(session: Reading, actor: Annotated[Actor, signed_in]) -> MeOut:
    """Oneself."""
    held = roles_of(session, [actor.id])
    known = organisations_by_id(session, actor.organisation_ids)
    return MeOut(
        id=actor.id,
        name=actor.name,
        email=actor.email,
        locale=actor.locale,
        roles=[_role(row) for row in held],
        organisations=[
            OwnOrganisation(
                id=one.id,
                name=one.name,
                state=one.state.value,
                roles=sorted({row.role for row in held if row.organisation_id == one.id}),
            )
            for one in known.values()
        ],
        permissions=sorted(actor.permissions),
    )


def _role(row: MemberRow) -> RoleOut:
    return RoleOut(
        role=row.role,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        lab_id=row.lab_id,
        lab=row.lab,
    )
