"""What programmes have spent, and what each company has used of its caps."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.kernel.errors import NotFound
from booking.organisations.models import Organisation
from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from booking.subsidies.queries.programmes import VersionRow, sharing, versions
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.spending import FEWEST, Spending, Spent, spending
from booking.subsidies.rules.what_if import month_of
from booking.subsidies.states import ProgrammeState, StatementState

_LINE = StatementLine
_DAY = timedelta(days=1)
# A draft, and what was given up or withdrawn before its first day.
_NEVER_PAID = (ProgrammeState.DRAFT, ProgrammeState.CLOSED)
# What the public is told of: nobody can withdraw it any more.
_DECIDED = (StatementState.APPROVED, StatementState.PAID)


@dataclass(frozen=True, slots=True)
class CapRow:
    """What a company has used of a programme's yearly cap."""

    programme: str
    name: dict[str, str]
    year: int
    organisation_id: int
    organisation: str
    cap_fen: int
    used_fen: int

    @property
    def left_fen(self) -> int:
        return max(self.cap_fen - self.used_fen, 0)


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A programme's year for everybody to read; withheld where it would tell of a company."""

    programme: str
    name: dict[str, str]
    year: int
    companies: int | None
    lines: int | None
    payable_fen: int | None

    @property
    def withheld(self) -> bool:
        return self.companies is None


def budgets(session: Session) -> list[Spending]:
    """Every version that pays or paid, by id and first day."""
    return _spendings(session, None)


def budget_of(session: Session, code: str) -> list[Spending]:
    """The versions of one programme; NotFound when none ever paid."""
    found = _spendings(session, code)
    if not found:
        raise NotFound(programme=code)
    return found


def caps_used(
    session: Session,
    programmes: Iterable[Programme],
    *,
    on: date,
    organisation_ids: Collection[int] | None = None,
) -> list[CapRow]:
    """What companies have used of caps per user in the period that holds a day; the own ones of
    some, also where nothing was used, or everybody's who used any."""
    rows: list[CapRow] = []
    for terms in programmes:
        caps = [cap.amount for cap in terms.caps if cap.scope == "user"]
        if caps:
            rows += _used(session, terms, min(caps), on=on, ids=organisation_ids)
    return rows


def open_summary(session: Session) -> list[OpenRow]:
    """Approved and paid by programme and year, without what would tell of single companies."""
    names = {row.code: dict(row.programme.name) for row in versions(session)}
    query = (
        sa.select(
            col(_LINE.programme),
            col(_LINE.period_year),
            sa.func.count(sa.distinct(col(_LINE.user_key))),
            sa.func.count(),
            sa.func.sum(col(_LINE.payable_fen)),
        )
        .join_from(_LINE, Statement, col(Statement.id) == col(_LINE.statement_id))
        .where(col(_LINE.live), col(_LINE.payable_fen) > 0, col(Statement.state).in_(_DECIDED))
        .group_by(col(_LINE.programme), col(_LINE.period_year))
        .order_by(col(_LINE.programme), col(_LINE.period_year).desc())
    )
    return [
        OpenRow(code, names[code], year, companies, lines, int(payable))
        if companies >= FEWEST
        else OpenRow(code, names[code], year, None, None, None)
        for code, year, companies, lines, payable in session.execute(query)
    ]


def _spendings(session: Session, code: str | None) -> list[Spending]:
    """By version, each less what versions with the same budget had of it."""
    rows = _spent(session, code)
    known = sharing([row.programme for row, _ in rows])
    of = {(row.code, row.version): spent for row, spent in rows}
    return [
        spending(
            terms,
            spent,
            chain.from_iterable(
                of[terms.id, version] for version in terms.funded_with if version != terms.version
            ),
        )
        for terms, (_, spent) in zip(known, rows, strict=True)
    ]


def _spent(session: Session, code: str | None) -> list[tuple[VersionRow, list[Spent]]]:
    """Sums by version, month of settlement and state of the statement."""
    query = (
        sa.select(
            col(_LINE.programme),
            col(_LINE.version),
            col(Settlement.until),
            col(Statement.state),
            sa.func.sum(col(_LINE.payable_fen)),
        )
        .join_from(_LINE, Statement, col(Statement.id) == col(_LINE.statement_id))
        .join(Settlement, col(Settlement.id) == col(_LINE.settlement_id))
        .where(col(_LINE.live))
        .group_by(
            col(_LINE.programme), col(_LINE.version), col(Settlement.until), col(Statement.state)
        )
    )
    if code is not None:
        query = query.where(col(_LINE.programme) == code)
    sums: dict[tuple[str, int], list[Spent]] = {}
    for programme, version, until, state, payable in session.execute(query):
        part = Spent(month_of(until - _DAY), state, int(payable))
        sums.setdefault((programme, version), []).append(part)
    return [
        (row, sums.get((row.code, row.version), []))
        for row in versions(session, code)
        if row.state not in _NEVER_PAID
    ]


def _used(
    session: Session, terms: Programme, cap: int, *, on: date, ids: Collection[int] | None
) -> list[CapRow]:
    year = terms.period_of(on)
    used = sa.func.coalesce(sa.func.sum(col(_LINE.granted_fen)), 0)
    here = sa.and_(
        col(_LINE.user_key) == sa.cast(col(Organisation.id), sa.String),
        col(_LINE.live),
        col(_LINE.programme) == terms.id,
        col(_LINE.period_year) == year,
    )
    query = (
        sa.select(col(Organisation.id), col(Organisation.name), used)
        .join_from(Organisation, _LINE, here, isouter=ids is not None)
        .group_by(col(Organisation.id), col(Organisation.name))
        .order_by(used.desc(), col(Organisation.id))
    )
    if ids is not None:
        query = query.where(col(Organisation.id).in_(ids))
    return [
        CapRow(terms.id, dict(terms.name), year, key, name, cap, int(amount))
        for key, name, amount in session.execute(query)
    ]
