"""Pages: is this the statement that was locked? Open to everybody, they tell no name or amount."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.accounts.identity import settings_of
from booking.files.forms import ChosenFile
from booking.subsidies.exports.proving import file_verified, hash_of
from booking.subsidies.queries.issued import is_locked, verified
from booking.web.forms import Filled, blank, filled_in
from booking.web.manners import takes_bodies_of
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Visitor = Annotated[Actor | None, PUBLIC]
_PAGE: Final = "subsidies/verify.html"
_LARGEST: Final = 32 * 1024 * 1024


class HeldForm(BaseModel):
    """A file that somebody was given."""

    file: ChosenFile


@router.get("/verify/{number}", name="verify_statement")
def verify(
    number: str,
    session: Reading,
    page: PageDep,
    visitor: Visitor,
    sha256: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Whether a statement was locked with this hash."""
    asked = sha256.strip().lower()
    return page.render(
        _PAGE,
        number=number,
        sha256=asked,
        found=verified(session, number, asked) if asked else None,
        is_known=is_locked(session, number),
        form=blank(),
    )


@router.post("/verify/{number}", name="verify_file")
@takes_bodies_of(_LARGEST)
def verify_file(
    number: str,
    form: Annotated[Filled[HeldForm], filled_in(HeldForm)],
    session: Reading,
    page: PageDep,
    visitor: Visitor,
) -> Response:
    """Whether a file is one of this statement's; it is hashed and forgotten."""
    is_known = is_locked(session, number)
    page.if_refused(_PAGE, form=form, number=number, is_known=is_known, sha256="", found=None)
    sha256 = hash_of(form.checked.file.file)
    public_url = settings_of(page.request).public_url
    found = file_verified(session, number, sha256, public_url=public_url)
    return page.render(
        _PAGE, form=form, number=number, is_known=is_known, sha256=sha256, found=found
    )
