"""JSON and ZIP: the evidence behind a statement."""

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
from booking.web.downloads import files_of, streamed
from booking.web.transactions import Reading

router = APIRouter(tags=["statements"])

Reader = Annotated[Actor, requires(Permission.STATEMENT_READ)]
ZIP: Final = "application/zip"


@router.get("/statements/{number}/evidence")
def show_evidence(
    number: str, session: Reading, vault: VaultDep, actor: Reader
) -> dict[str, object]:
    """Whether the evidence is complete, and what is missing."""
    found = evidence_of(session, statement_seen_by(session, number, actor), vault)
    return {
        "complete": found.is_complete,
        "invoices": len({one.reference for one in found.invoices}),
        "payments": len({one.reference for one in found.payments}),
        "missing": [{"what": one.code, "reference": one.reference} for one in found.missing],
    }


@router.get("/statements/{number}/evidence.zip", response_class=Response, responses=files_of(ZIP))
def evidence_zip(
    number: str, request: Request, session: Reading, vault: VaultDep, actor: Reader
) -> Response:
    """Statement, invoices and receipts, with an index of hashes; the same bytes each time."""
    row = statement_seen_by(session, number, actor)
    paper = paper_for(row, settings_of(request).public_url, "zh")
    pieces = evidence_pack(session, row, content_of(session, row), vault=vault, paper=paper)
    return streamed(pieces, filename=f"{row.number}-evidence.zip", media_type=ZIP)
