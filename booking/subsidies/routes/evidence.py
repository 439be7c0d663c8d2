"""The evidence behind a statement: whether it is complete, and all of it as one file."""

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.accounts.identity import settings_of
from booking.files.forms import VaultDep
from booking.subsidies.exports.evidence import evidence_of, evidence_pack
from booking.subsidies.exports.paper import paper_for
from booking.subsidies.queries.statements import statement_seen_by
from booking.subsidies.statements import content_of
from booking.web.downloads import streamed
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.STATEMENT_READ)]
ZIP: Final = "application/zip"


@router.get("/statements/{number}/evidence", name="statement_evidence")
def show(number: str, session: Reading, page: PageDep, vault: VaultDep, actor: Reader) -> Response:
    """What there is, and what is missing."""
    row = statement_seen_by(session, number, actor)
    return page.render(
        "subsidies/evidence.html", row=row, evidence=evidence_of(session, row, vault)
    )


@router.get("/statements/{number}/evidence.zip", name="statement_evidence_zip")
def pack(
    number: str, request: Request, session: Reading, vault: VaultDep, actor: Reader
) -> Response:
    """All of it; complete or not, `missing.csv` inside says so."""
    row = statement_seen_by(session, number, actor)
    paper = paper_for(row, settings_of(request).public_url, "zh")
    pieces = evidence_pack(session, row, content_of(session, row), vault=vault, paper=paper)
    return streamed(pieces, filename=f"{row.number}-evidence.zip", media_type=ZIP)
