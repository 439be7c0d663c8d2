"""What each role may do: the table that the doors ask, as a page."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import signed_in
from booking.access.permissions import Permission
from booking.access.roles import ROLE_PERMISSIONS, Role
from booking.web.rendering import PageDep

router = APIRouter()


@router.get("/roles", name="roles")
def roles(page: PageDep, actor: Annotated[Actor, signed_in]) -> Response:
    """Every permission beside every role, and which roles are one's own."""
    return page.render(
        "accounts/roles.html",
        roles=tuple(Role),
        own=sorted(actor.roles),
        rows=[
            (permission, [permission in ROLE_PERMISSIONS[role] for role in Role])
            for permission in Permission
        ],
    )
