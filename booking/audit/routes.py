"""The audit trail as pages and files, for finance, the centre's admin and the auditor."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.accounts.models import User
from booking.audit.errors import SpanBackwards
from booking.audit.exports import trail_csv, trail_xlsx
from booking.audit.queries.chain import last_link
from booking.audit.queries.entries import EntryRow, Wanted, entries
from booking.audit.queries.subjects import must_have_history, names_of, person_known
from booking.audit.report import told_changes, told_subject
from booking.kernel.timespan import local_midnight
from booking.web.downloads import CSV, XLSX, streamed
from booking.web.forms import blank
from booking.web.moments import day_in
from booking.web.paging import Cut, Window, WindowDep
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading

router = APIRouter()
Reader = Annotated[Actor, requires(Permission.AUDIT_READ)]
_DAY: Final = timedelta(days=1)
_DAY_TEXT: Final = Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the filters say: a subject, a person, and days of which both are meant."""

    subject: Annotated[str, Query(max_length=80)] = ""
    actor: Annotated[str, Query(max_length=254)] = ""
    start: Annotated[str, _DAY_TEXT] = ""
    end: Annotated[str, _DAY_TEXT] = ""

    def wanted(self) -> Wanted:
        """The same as a question; SpanBackwards when the days are the wrong way round."""
        first, last = day_in(self.start), day_in(self.end)  # 2026-02-31 narrows nothing
        if first and last and first > last:
            raise SpanBackwards(start=first, end=last)
        return Wanted(
            subject=self.subject.strip(),
            actor=self.actor.strip(),
            start=_midnight(first),
            end=_midnight(last and last + _DAY),
        )

    def as_params(self) -> dict[str, str]:
        """For addresses that show the same."""
        return {name: text for name, text in asdict(self).items() if text}


ChosenDep = Annotated[Chosen, Depends()]


@router.get("/audit", name="audit")
def audit(
    session: Reading, page: PageDep, window: WindowDep, chosen: ChosenDep, actor: Reader
) -> Response:
    """What happened, newest first, narrowed to a subject, a person or some days."""
    always: dict[str, Any] = {
        "form": blank(**asdict(chosen)),
        "chosen": chosen.as_params(),
        "end": last_link(session),
    }
    page.if_refused("audit/trail.html", **always, **_shown(session, Cut([], None), window))
    found = entries(session, chosen.wanted(), before_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda row: (row.id,))
    return page.render("audit/trail.html", **always, **_shown(session, cut, window))


@router.get("/audit.csv", name="audit_csv")
def audit_csv(request: Request, chosen: ChosenDep, actor: Reader) -> Response:
    """The same entries with their place in the chain, oldest first."""
    lines = trail_csv(request.app.state.read_engine, chosen.wanted())
    return streamed(lines, filename="audit.csv", media_type=CSV)


@router.get("/audit.xlsx", name="audit_xlsx")
def audit_xlsx(request: Request, chosen: ChosenDep, actor: Reader) -> Response:
    """The same as a workbook."""
    chunks = trail_xlsx(request.app.state.read_engine, chosen.wanted())
    return streamed(chunks, filename="audit.xlsx", media_type=XLSX)


@router.get("/audit/subjects/{noun}/{reference}", name="audit_subject")
def audit_subject(
    noun: str, reference: str, session: Reading, page: PageDep, window: WindowDep, actor: Reader
) -> Response:
    """The history of one record."""
    subject = f"{noun}:{reference}"
    must_have_history(session, subject)
    return _history(page, session, subject, window=window)


@router.get("/audit/people/{person_id}", name="audit_person")
def audit_person(
    person_id: int, session: Reading, page: PageDep, window: WindowDep, actor: Reader
) -> Response:
    """What one person did."""
    person = person_known(session, person_id)
    return _history(page, session, f"user:{person_id}", window=window, person=person)


def _history(
    page: Page, session: Session, subject: str, *, window: Window, person: User | None = None
) -> Response:
    """All about a subject; with a person, what the person did instead."""
    wanted = Wanted(actor=str(person.key)) if person else Wanted(subject=subject)
    found = entries(session, wanted, before_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda row: (row.id,))
    about = told_subject(subject, names_of(session, [subject]))
    shown = _shown(session, cut, window)
    return page.render("audit/history.html", about=about, person=person, **shown)


def _shown(session: Session, cut: Cut[EntryRow], window: Window) -> dict[str, Any]:
    """The entries with every subject by its name."""
    mentioned = {said for row in cut.items for said in (row.subject, *row.on_behalf_of.split())}
    names = names_of(session, mentioned)
    return {
        "cut": cut,
        "told": told_changes,
        "subjects": {said: told_subject(said, names) for said in mentioned},
        "paging_on": window.after is not None,
    }


def _midnight(day: date | None) -> datetime | None:
    return local_midnight(day) if day else None
