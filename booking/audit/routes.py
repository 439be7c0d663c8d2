"""The audit trail as a page, for finance, the centre's admin and the auditor."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.audit.queries import Wanted, entries, last_link
from booking.audit.report import told_changes
from booking.kernel.timespan import TimeSpan
from booking.web.forms import blank
from booking.web.moments import day_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()


@router.get("/audit", name="audit")
def audit(
    session: Reading,
    page: PageDep,
    window: WindowDep,
    actor: Annotated[Actor, requires(Permission.AUDIT_READ)],
    subject: Annotated[str, Query(max_length=80)] = "",
    person: Annotated[str, Query(alias="actor", max_length=254)] = "",
    day: Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = "",
) -> Response:
    """What happened, newest first, narrowed to a subject, a person or a day."""
    span = _day(day)
    wanted = Wanted(
        subject=subject.strip(),
        actor=person.strip(),
        start=span.start if span else None,
        end=span.end if span else None,
    )
    rows = entries(session, wanted, before_id=window.after_id, limit=window.take)
    return page.render(
        "audit/trail.html",
        cut=window.cut(rows, key=lambda row: (row.id,)),
        told=told_changes,
        form=blank(subject=subject, actor=person, day=day),
        chosen={"subject": subject, "actor": person, "day": day},
        paging_on=window.after is not None,
        end=last_link(session),
    )


def _day(text: str) -> TimeSpan | None:
    day = day_in(text)
    return TimeSpan.of_local_day(day) if day else None  # 2026-02-31 narrows nothing
