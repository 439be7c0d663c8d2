"""End an active version before its last day: one person asks under a document, another confirms.

Uses after the new last day count no more. Drafts are marked and drawn up anew; what was locked
stays, and a later statement corrects it, as it does for any fact that comes late. A version that
has not begun is withdrawn in the same way, and the version that made way for it goes on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypedDict

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.subsidies.actions.activate_programme import Which
from booking.subsidies.actions.redraw import mark_stale
from booking.subsidies.errors import (
    EndAsked,
    EndOutside,
    IllegalStep,
    NoDocument,
    OtherEnd,
    ReasonMissing,
    SecondPersonNeeded,
    SuccessorStands,
    VersionBegun,
)
from booking.subsidies.events import (
    ProgrammeEnded,
    ProgrammeEndFact,
    ProgrammeEndingAsked,
    ProgrammeEndingDeclined,
    ProgrammeWithdrawn,
)
from booking.subsidies.models.programme import ProgrammeEnd, ProgrammeVersion
from booking.subsidies.queries.ends import end_of, last_days
from booking.subsidies.queries.programmes import keep_programmes, programme_entry, version_rows
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.states import (
    PROGRAMME_TRANSITIONS,
    EndState,
    ProgrammeState,
    ProgrammeStep,
)

END = "end"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What both persons have to say alike."""

    last_day: date
    document: str
    reason: str = ""


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
    wish = _Wish(last_day, document.strip())
    if not version.valid_from <= last_day < version.valid_to:
        raise EndOutside(programme=which.code, first=version.valid_from, last=version.valid_to)
    asked, confirmed = _signed(uow, version, (which.code, wish), by=(actor_id, now))
    if confirmed:
        mark_stale(uow.session, asked.last_day, now=now)
        _tell(uow, ProgrammeEnded, (version, asked, which.code), by=(actor_id, now))
    return asked


def sign_withdrawal(
    uow: UnitOfWork, which: Which, *, document: str, reason: str, actor_id: int, now: datetime
) -> ProgrammeEnd:
    """Stand for taking a version back before its first day; what it followed goes on."""
    keep_programmes(uow.session)
    version = _active(uow, which)
    if local(now).date() >= version.valid_from:
        raise VersionBegun(programme=which.code, first=version.valid_from)
    if not reason.strip():
        raise ReasonMissing(step=ProgrammeStep.WITHDRAW)
    wish = _Wish(version.valid_from - _DAY, document.strip(), reason.strip())
    before = _made_way(uow, version)
    asked, confirmed = _signed(uow, version, (which.code, wish), by=(actor_id, now))
    if confirmed:
        version.state = PROGRAMME_TRANSITIONS[version.state, ProgrammeStep.WITHDRAW]
        uow.session.flush()
        goes_on_to = _go_on(uow, before, asked)
        mark_stale(uow.session, asked.last_day, now=now)
        _tell_withdrawn(uow, (version, asked, which.code), goes_on_to, by=(actor_id, now))
    return asked


def _made_way(uow: UnitOfWork, version: ProgrammeVersion) -> ProgrammeVersion | None:
    """The version that ended early on the eve of another's first day; no third one may stand in
    the days that it would have again."""
    rows = version_rows(uow.session, version.programme_id)
    ends = last_days(uow.session, version.programme_id)
    eve = version.valid_from - _DAY
    # What was itself withdrawn made way for nothing.
    running = [row for row in rows if row.state is ProgrammeState.ACTIVE]
    before = next((row for row in running if ends.get(row.key) == eve and row.valid_to > eve), None)
    if before is None:
        return None
    for other in rows:
        apart = other.state is ProgrammeState.CLOSED or other.key in {version.key, before.key}
        if not apart and eve < other.valid_from <= before.valid_to:
            raise SuccessorStands(version=other.version, first=other.valid_from)
    return before


def _go_on(uow: UnitOfWork, before: ProgrammeVersion | None, by: ProgrammeEnd) -> date | None:
    """Lift the end of the version before; until when it goes on."""
    ended = None if before is None else end_of(uow.session, before.key)
    if before is None or ended is None:
        return None
    ended.state, ended.lifted_by_id = EndState.LIFTED, by.key
    uow.session.flush()
    return before.valid_to


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


def _signed(
    uow: UnitOfWork,
    version: ProgrammeVersion,
    wished: tuple[str, _Wish],
    *,
    by: tuple[int, datetime],
) -> tuple[ProgrammeEnd, bool]:
    """What was asked, and whether this person confirmed it."""
    (code, wish), (actor_id, _) = wished, by
    asked = end_of(uow.session, version.key)
    if asked is None:
        return _ask(uow, version, wished, by=by), False
    if asked.state is EndState.CONFIRMED:
        raise IllegalStep(step=END, state=asked.state, programme=code)
    if asked.asked_by == actor_id:
        raise SecondPersonNeeded(programme=code, version=version.version)
    if _Wish(asked.last_day, asked.document, asked.reason) != wish:
        raise OtherEnd(programme=code, day=asked.last_day, document=asked.document)
    _decide(asked, EndState.CONFIRMED, by=by)
    uow.session.flush()
    return asked, True


def _ask(
    uow: UnitOfWork,
    version: ProgrammeVersion,
    wished: tuple[str, _Wish],
    *,
    by: tuple[int, datetime],
) -> ProgrammeEnd:
    (code, wish), (actor_id, now) = wished, by
    if not wish.document:
        raise NoDocument(programme=code)
    row = {
        "programme_version_id": version.key,
        "state": EndState.ASKED,
        "last_day": wish.last_day,
        "document": wish.document,
        "reason": wish.reason,
        "asked_by": actor_id,
        "asked_at": now,
    }
    made = insert_unless_exists(uow.session, ProgrammeEnd, [row])
    if not made:
        raise EndAsked(programme=code)
    found = uow.session.get_one(ProgrammeEnd, made[0])
    _tell(uow, ProgrammeEndingAsked, (version, found, code), reason=wish.reason, by=by)
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


_Told = tuple[ProgrammeVersion, ProgrammeEnd, str]


def _tell(
    uow: UnitOfWork,
    fact: type[ProgrammeEndFact],
    of: _Told,
    *,
    by: tuple[int, datetime],
    reason: str = "",
) -> None:
    ended = of[1].state is EndState.CONFIRMED
    uow.announce(fact(**_facts(of, ended=ended, reason=reason, by=by)))


def _tell_withdrawn(
    uow: UnitOfWork, of: _Told, goes_on_to: date | None, *, by: tuple[int, datetime]
) -> None:
    facts = _facts(of, ended=False, reason=of[1].reason, by=by)
    facts["changes"]["state"] = (ProgrammeState.ACTIVE, of[0].state)
    uow.announce(ProgrammeWithdrawn(**facts, goes_on_to=goes_on_to))


class _Facts(TypedDict):
    at: datetime
    subject: str
    actor_id: int
    cause: str
    changes: dict[str, tuple[object, object]]
    programme: str
    version: int
    version_id: int
    title: dict[str, str]
    document: str
    last_day: date
    asked_by: int
    reason: str
    withdraws: bool


def _facts(of: _Told, *, ended: bool, reason: str, by: tuple[int, datetime]) -> _Facts:
    (version, end, code), (actor_id, now) = of, by
    name = read_programme(version.terms).name
    return {
        "at": now,
        "subject": f"programme:{code}",
        "actor_id": actor_id,
        "cause": reason,
        "changes": {
            "version": (None, version.version),
            "ending": (None if end.state is EndState.ASKED else EndState.ASKED, end.state),
            "last_day": (version.valid_to, end.last_day if ended else version.valid_to),
        },
        "programme": code,
        "version": version.version,
        "version_id": version.key,
        "title": {"zh": name["zh"], "en": name["en"]},
        "document": end.document,
        "last_day": end.last_day,
        "asked_by": end.asked_by,
        "reason": reason,
        "withdraws": end.last_day < version.valid_from,
    }
