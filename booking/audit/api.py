"""JSON: the audit trail, for finance, the centre's admin and the auditor."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.audit.queries.entries import Wanted, entries
from booking.web.json import AwareMoment
from booking.web.paging import WindowDep
from booking.web.transactions import Reading

router = APIRouter(tags=["audit"])


class EntryOut(BaseModel):
    """One entry of the trail."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: AwareMoment
    name: str
    subject: str
    cause: str
    changes: dict[str, list[object]]
    on_behalf_of: str
    request_id: str
    actor_id: int | None
    actor_name: str | None
    actor_email: str | None


class EntryList(BaseModel):
    """A piece of the trail, newest first."""

    items: list[EntryOut]
    next_cursor: str | None


@router.get("/audit")
def audit_trail(
    session: Reading,
    window: WindowDep,
    actor: Annotated[Actor, requires(Permission.AUDIT_READ)],
    subject: Annotated[str, Query(max_length=80)] = "",
    person: Annotated[str, Query(alias="actor", max_length=254)] = "",
    start: AwareMoment | None = None,
    end: AwareMoment | None = None,
) -> EntryList:
    """What happened, newest first: `subject` as written in the entries, `actor` an id or e-mail."""
    wanted = Wanted(subject=subject, actor=person, start=start, end=end)
    found = entries(session, wanted, before_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda row: (row.id,))
    items = [EntryOut.model_validate(row) for row in cut.items]
    return EntryList(items=items, next_cursor=cut.next_cursor)
