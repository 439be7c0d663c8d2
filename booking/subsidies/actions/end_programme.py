"""End an active version before its last day: one person asks under a document, another confirms.

Uses after the new last day count no more. Drafts are drawn up anew; what was locked stays, and a
later statement corrects it, as it does for any fact that comes late.
"""

from datetime import date, datetime

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.redraw import redraw_after
from booking.subsidies.errors import (
    EndAsked,
    EndOutside,
    IllegalStep,
    NoDocument,
    OtherEnd,
    SecondPersonNeeded,
)
from booking.subsidies.events import (
    ProgrammeEnded,
    ProgrammeEndFact,
    ProgrammeEndingAsked,
    ProgrammeEndingDeclined,
)
from booking.subsidies.models.programme import ProgrammeEnd, ProgrammeVersion
from booking.subsidies.queries.ends import end_of
from booking.subsidies.queries.programmes import keep_programmes, programme_entry, version_rows
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.states import EndState, ProgrammeState

END = "end"


def sign_end(
    uow: UnitOfWork,
    which: Which,
    last_day: date,
    *,
    document: str,
    actor_id: int,
    now: datetime,
) -> ProgrammeEnd:
    """Stand for an early end: who is first asks for it, who is second lets it count."""
    keep_programmes(uow.session)
    version = _active(uow, which)
    asked = end_of(uow.session, version.key)
    if asked is None:
        return _ask(uow, version, (which.code, last_day, document.strip()), by=(actor_id, now))
    if asked.state is EndState.CONFIRMED:
        raise IllegalStep(step=END, state=asked.state, programme=which.code)
    if asked.asked_by == actor_id:
        raise SecondPersonNeeded(programme=which.code, version=version.version)
    if (asked.last_day, asked.document) != (last_day, document.strip()):
        raise OtherEnd(programme=which.code, day=asked.last_day, document=asked.document)
    _decide(asked, EndState.CONFIRMED, by=(actor_id, now))
    uow.session.flush()
    redraw_after(uow, asked.last_day, actor_id=actor_id, now=now)
    _tell(uow, ProgrammeEnded, (version, asked, which.code), by=(actor_id, now))
    return asked


def decline_end(
    uow: UnitOfWork, which: Which, *, reason: str = "", actor_id: int, now: datetime
) -> ProgrammeEnd:
    """Let the version go on: by the one who asked, or whoever else looks at it."""
    version = _active(uow, which)
    asked = end_of(uow.session, version.key)
    if asked is None or asked.state is not EndState.ASKED:
        raise NotFound(programme=which.code, version=version.version)
    _decide(asked, EndState.DECLINED, by=(actor_id, now))
    uow.session.flush()
    of = (version, asked, which.code)
    _tell(uow, ProgrammeEndingDeclined, of, reason=reason, by=(actor_id, now))
    return asked


def _ask(
    uow: UnitOfWork,
    version: ProgrammeVersion,
    asked: tuple[str, date, str],
    *,
    by: tuple[int, datetime],
) -> ProgrammeEnd:
    (code, last_day, document), (actor_id, now) = asked, by
    if not document:
        raise NoDocument(programme=code)
    if not version.valid_from <= last_day < version.valid_to:
        raise EndOutside(programme=code, first=version.valid_from, last=version.valid_to)
    row = {
        "programme_version_id": version.key,
        "state": EndState.ASKED,
        "last_day": last_day,
        "document": document,
        "asked_by": actor_id,
        "asked_at": now,
    }
    made = insert_unless_exists(uow.session, ProgrammeEnd, [row])
    if not made:
        raise EndAsked(programme=code)
    found = uow.session.get_one(ProgrammeEnd, made[0])
    _tell(uow, ProgrammeEndingAsked, (version, found, code), by=by)
    return found


def _active(uow: UnitOfWork, which: Which) -> ProgrammeVersion:
    """The version, its programme locked until the deed ends; only what pays can end."""
    rows = version_rows(uow.session, programme_entry(uow.session, which.code).key)
    named = [row for row in rows if which.version in {None, row.version}]
    if not named:
        raise NotFound(programme=which.code, version=which.version)
    active = [row for row in named if row.state is ProgrammeState.ACTIVE]
    if not active:
        raise IllegalStep(step=END, state=named[-1].state, programme=which.code)
    return active[-1]


def _decide(asked: ProgrammeEnd, state: EndState, *, by: tuple[int, datetime]) -> None:
    asked.state = state
    asked.decided_by, asked.decided_at = by


def _tell(
    uow: UnitOfWork,
    fact: type[ProgrammeEndFact],
    of: tuple[ProgrammeVersion, ProgrammeEnd, str],
    *,
    by: tuple[int, datetime],
    reason: str = "",
) -> None:
    (version, end, code), (actor_id, now) = of, by
    ended = end.state is EndState.CONFIRMED
    name = read_programme(version.terms).name
    uow.announce(
        fact(
            at=now,
            subject=f"programme:{code}",
            actor_id=actor_id,
            cause=reason,
            changes={
                "version": (None, version.version),
                "ending": (None if end.state is EndState.ASKED else EndState.ASKED, end.state),
                "last_day": (version.valid_to, end.last_day if ended else version.valid_to),
            },
            programme=code,
            version=version.version,
            version_id=version.key,
            title={"zh": name["zh"], "en": name["en"]},
            document=end.document,
            last_day=end.last_day,
            asked_by=end.asked_by,
            reason=reason,
        )
    )
