"""What stands in the way of a period's next step, with where it can be mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.queries.statutory import calendar_from
from booking.invoices.queries.records import first_uninvoiced, uninvoiced
from booking.kernel.periods import Period
from booking.organisations.models import Organisation, Qualification
from booking.organisations.states import QualificationState
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.states import State
from booking.subsidies.models.payment import PaymentItem
from booking.subsidies.models.statement import Objection, Settlement, Statement
from booking.subsidies.states import StatementState

SHOWN = 8
# Holidays may make ten calendar days out of the five working days of publicity, and more.
_AHEAD = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Named:
    """Something that blocks, by its address and what it is called."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Blocker:
    """So many of a kind, the first of them by name; `code` is in the catalogues."""

    code: str
    count: int
    first: Sequence[Named] = ()


def of_records(session: Session, period: Period) -> list[Blocker]:
    """What keeps the records of a period from being complete."""
    ended = sa.and_(
        col(UsageSession.ended_at) >= period.span.start,
        col(UsageSession.ended_at) < period.span.end,
        col(UsageSession.settled_at).is_(None),
    )
    disputed = col(Reservation.state) == State.DISPUTED
    uses = sa.join(
        UsageSession, Reservation, col(Reservation.id) == col(UsageSession.reservation_id)
    )
    number = col(Reservation.number)
    found = [
        _blocker(
            session, _Kind("uses_unconfirmed", "/reservations/", number, uses), ended & ~disputed
        ),
        _blocker(session, _Kind("uses_disputed", "/reservations/", number, uses), ended & disputed),
        _waiting_qualifications(session, period),
        *of_invoices(session, period),
    ]
    return [one for one in found if one.count]


def of_invoices(session: Session, period: Period) -> list[Blocker]:
    """Uses confirmed until the end of a period that still wait for invoices, where those are
    kept."""
    before = period.span.end
    found = uninvoiced(session, before=before)
    if not found.count:
        return []
    numbers = first_uninvoiced(session, before=before, limit=SHOWN)
    first = [Named(f"/charges/{number}", number) for number in numbers]
    return [Blocker("invoices_missing", found.count, first)]


def of_statements(session: Session, period: str) -> list[Blocker]:
    """Statements in publicity with objections that nobody has answered."""
    open_ones = sa.join(Objection, Statement, col(Statement.id) == col(Objection.statement_id))
    joined = sa.join(open_ones, Settlement, col(Settlement.id) == col(Statement.settlement_id))
    asked = sa.and_(
        col(Settlement.period) == period,
        col(Objection.answered_at).is_(None),
        col(Statement.state) == StatementState.PUBLICITY,
    )
    number = col(Statement.number)
    found = _blocker(session, _Kind("objections_open", "/statements/", number, joined), asked)
    return [found] if found.count else []


def of_payment(session: Session, period: str) -> list[Blocker]:
    """Approved statements that no batch can take: no account, or in the red."""
    joined = sa.join(
        sa.join(Statement, Settlement, col(Settlement.id) == col(Statement.settlement_id)),
        Organisation,
        col(Organisation.id) == col(Statement.organisation_id),
    )
    waiting = sa.and_(
        col(Settlement.period) == period,
        col(Statement.state) == StatementState.APPROVED,
        ~sa.exists().where(
            col(PaymentItem.statement_id) == col(Statement.id), col(PaymentItem.open)
        ),
    )
    accounts = (Organisation.bank_account_name, Organisation.bank_name)
    lacks = sa.or_(*(col(part) == "" for part in (*accounts, Organisation.bank_account_no)))
    number = col(Statement.number)
    owed = col(Statement.payable_fen) > 0
    red = col(Statement.payable_fen) < 0
    found = [
        _blocker(
            session,
            _Kind("accounts_missing", "/statements/", number, joined),
            waiting & lacks & owed,
        ),
        _blocker(session, _Kind("in_the_red", "/statements/", number, joined), waiting & red),
    ]
    return [one for one in found if one.count]


def of_drafts(session: Session, period: str) -> list[Blocker]:
    """Drafts that were drawn before something that changes them."""
    joined = sa.join(Statement, Settlement, col(Settlement.id) == col(Statement.settlement_id))
    stale = sa.and_(
        col(Settlement.period) == period,
        col(Settlement.stale_at).is_not(None),
        col(Statement.state) == StatementState.DRAFT,
    )
    found = _blocker(
        session, _Kind("drafts_stale", "/statements/", col(Statement.number), joined), stale
    )
    return [found] if found.count else []


def of_calendar(session: Session, today: date) -> list[Blocker]:
    """Years into which publicity would reach and whose statutory calendar nobody entered."""
    known = calendar_from(session, today).years
    years = {today.year, (today + _AHEAD).year}
    missing = sorted(years - set(known))
    first = [Named("/manage/calendar", str(year)) for year in missing]
    return [Blocker("calendar_missing", len(missing), first)] if missing else []


def _waiting_qualifications(session: Session, period: Period) -> Blocker:
    """Of organisations that used something in the period."""
    used = sa.exists().where(
        col(Reservation.organisation_id) == col(Qualification.organisation_id),
        col(UsageSession.reservation_id) == col(Reservation.id),
        col(UsageSession.ended_at) >= period.span.start,
        col(UsageSession.ended_at) < period.span.end,
    )
    joined = sa.join(
        Qualification, Organisation, col(Organisation.id) == col(Qualification.organisation_id)
    )
    waiting = sa.and_(
        col(Qualification.state) == QualificationState.WAITING,
        col(Qualification.valid_from) < period.until,
        used,
    )
    count = int(
        session.execute(sa.select(sa.func.count()).select_from(joined).where(waiting)).scalar_one()
    )
    rows = session.execute(
        sa.select(col(Organisation.id), col(Organisation.name))
        .select_from(joined)
        .where(waiting)
        .distinct()
        .order_by(col(Organisation.id))
        .limit(SHOWN)
    )
    first = [Named(f"/organisations/{key}", name) for key, name in rows]
    return Blocker("qualifications_waiting", count, first)


class _Kind(NamedTuple):
    """What is counted: its code, the address of one, its name, and from which tables."""

    code: str
    path: str
    name: sa.SQLColumnExpression[str]
    joined: sa.FromClause


def _blocker(session: Session, kind: _Kind, asked: sa.ColumnElement[bool]) -> Blocker:
    query = sa.select(sa.func.count()).select_from(kind.joined).where(asked)
    count = int(session.execute(query).scalar_one())
    first: Sequence[Any] = ()
    if count:
        names = sa.select(kind.name).select_from(kind.joined).where(asked).distinct()
        first = session.execute(names.order_by(kind.name).limit(SHOWN)).scalars().all()
    return Blocker(kind.code, count, [Named(f"{kind.path}{one}", one) for one in first])
