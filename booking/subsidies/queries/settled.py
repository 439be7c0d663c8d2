"""Uses that statements hold: what they hold of each, and what its line would be today."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge
from booking.invoices.queries.records import kept_since
from booking.subsidies.models.statement import (
    OWN_NAME,
    LineKind,
    Settlement,
    Statement,
    StatementLine,
)
from booking.subsidies.queries.uses import (
    Records,
    Use,
    line_from,
    qualifications,
    use_columns,
    use_from,
)
from booking.subsidies.rules.claims import is_application
from booking.subsidies.rules.kept import line_of
from booking.subsidies.rules.line import Line
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.recount import NOTHING, Place, Settled, Sums
from booking.subsidies.states import StatementState

_LINE = StatementLine
_CHUNK = 900  # SQLite allows 999 parameters where it is old
# What a line keeps as it was when it was settled: who and what it was about, not what is recorded.
_KEPT = ("resource_kind", "original_value", "user_region", "provider_region")
_FACTS: Final[Mapping[str, Callable[[Line], object]]] = {
    "amount": attrgetter("contract_amount", "invoice_amount", "paid_amount", "other_funding"),
    "qualifications": lambda line: [q for q in line.qualifications if not is_application(q.code)],
    "applications": lambda line: [q for q in line.qualifications if is_application(q.code)],
    "dates": attrgetter("order_date", "service_end", "invoice_date", "payment_date"),
    "flags": attrgetter("flags"),
}


@dataclass(frozen=True, slots=True)
class SettledUse:
    """A settled use, the row that is corrected, and where it comes from."""

    settled: Settled
    line_id: int
    kind: LineKind
    group_key: str
    use: Use


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose settled uses: of these users (None: of all), as the settlement being made sees them."""

    until: date
    users: Collection[str] | None
    frozen: Collection[int]


def holds_anything(session: Session, programmes: Iterable[str]) -> bool:
    """Whether statements hold uses under one of these programmes."""
    query = sa.select(col(_LINE.id)).where(of_uses(programmes)).limit(1)
    return session.execute(query).first() is not None


def bound_users(session: Session, programmes: Iterable[str]) -> set[str]:
    """Whose lines some limit has cut: what comes to them depends on the order of their lines."""
    query = (
        sa.select(col(_LINE.user_key))
        .where(of_uses(programmes), col(_LINE.before_fen) > col(_LINE.granted_fen))
        .distinct()
    )
    return set(session.execute(query).scalars())


def limits_met(session: Session, settlement_id: int) -> set[str]:
    """The reasons for which statements were cut; those now being drawn up do not count."""
    drawn_up = (col(Statement.settlement_id) == settlement_id) & (
        col(Statement.state) == StatementState.DRAFT
    )
    query = sa.select(col(Statement.remarks)).where(~drawn_up, col(Statement.cut_fen) != 0)
    return {str(reason) for remarks in session.execute(query).scalars() for reason in remarks}


def users_in_groups_of(session: Session, users: Collection[str]) -> set[str]:
    """These users and whoever has the same actual controller, as lines know it."""
    found = set(users)
    wanted = sorted(users)
    for i in range(0, len(wanted), _CHUNK):
        keys = sa.select(col(_LINE.group_key)).where(
            col(_LINE.live), col(_LINE.user_key).in_(wanted[i : i + _CHUNK])
        )
        query = sa.select(col(_LINE.user_key)).where(
            col(_LINE.live), col(_LINE.group_key).in_(keys)
        )
        found |= set(session.execute(query.distinct()).scalars())
    return found


def settled_uses(session: Session, versions: Sequence[Programme], asked: Asked) -> list[SettledUse]:
    """What other settlements hold of uses under these versions, by their lines' order of entry."""
    since = kept_since(session)
    rows = _rows(session, versions, asked, since=since)
    ends = {terms.version: terms.valid_to for terms in versions}
    known = _Known(qualifications(session), _records(session, versions, since), ends)
    found: dict[int, _Gathered] = {}
    for row in rows:
        found.setdefault(row.charge_id, _Gathered(row)).add(row)
    numbers = {terms.version for terms in versions}
    return [
        gathered.told(known, asked)
        for gathered in found.values()
        if gathered.first is not None
        # What a later settlement holds is what limits leave this one, and its own to correct.
        and gathered.until <= asked.until
        and {place[0] for place in gathered.held} <= numbers
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is recorded today beside the uses themselves."""

    held: Mapping[int, tuple[Any, ...]]
    records: Records
    # The last day of each version.
    ends: Mapping[int, date]


class _Gathered:
    """The lines of one use under one programme."""

    def __init__(self, row: sa.Row[Any]) -> None:
        self.row = row
        self.first: sa.Row[Any] | None = None
        self.held: dict[Place, Sums] = {}
        self.recovered = 0
        self.until = row.until
        self.locked = True

    def add(self, row: sa.Row[Any]) -> None:
        place = (row.version, row.day)
        sums = Sums(
            *(row.line_amount_fen, row.base_fen if row.eligible else 0, row.before_fen),
            *(row.granted_fen, row.payable_fen),
        )
        self.held[place] = self.held.get(place, NOTHING).plus(sums)
        if row.clawback_id is not None:
            self.recovered -= row.payable_fen
        if row.corrects_id is None:
            self.first, self.locked, self.until = row, row.locked, row.until

    def told(self, known: _Known, asked: Asked) -> SettledUse:
        row = self.first or self.row
        line, why = _today(row, known)
        place = (row.version, row.day)
        settled = Settled(
            line=line,
            user=row.user_key,
            # The place of the first line comes first.
            held={place: self.held[place], **self.held},
            recovered=self.recovered,
            open=bool(self.locked and self.until <= asked.until and row.owner not in asked.frozen),
            why=why,
        )
        return SettledUse(settled, row.line_id, row.kind, row.group_key, use_from(row))


def _today(row: sa.Row[Any], known: _Known) -> tuple[Line, tuple[str, ...]]:
    """The line with what is recorded today, and what of it was recorded otherwise."""
    kept = line_of(row.number, row.detail["line"])
    today = line_from(row, known.held, known.records)._replace(
        group=_group(row.group_key, row.user_key), **{name: getattr(kept, name) for name in _KEPT}
    )
    last = known.ends.get(row.version, date.max)
    then, now = (_applied_until(line, last) for line in (kept, today))
    why = tuple(reason for reason, fact in _FACTS.items() if fact(then) != fact(now))
    if row.eligible and row.day > last:
        why = (*why, "end")
    return today, why


def _applied_until(line: Line, last: date) -> Line:
    """A line whose applications reach no day after one: that a version ended changes none."""
    held = line.qualifications
    until = [
        q._replace(last=min(q.last or last, last)) if is_application(q.code) else q for q in held
    ]
    return line._replace(qualifications=tuple(until))


def _group(group_key: str, user_key: str) -> str:
    """The group as a line of the engine names it; nobody's, for who stands alone."""
    if group_key == user_key:
        return ""
    return user_key if group_key == OWN_NAME + user_key else group_key


def of_uses(programmes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Live lines; those of the settlement being made are gone but for what was locked."""
    return sa.and_(
        col(_LINE.live),
        col(_LINE.charge_id).is_not(None),
        col(_LINE.programme).in_(sorted(programmes)),
    )


def _records(session: Session, versions: Sequence[Programme], since: date | None) -> Records:
    charges = sa.select(col(_LINE.charge_id)).where(of_uses([versions[0].id]))
    return Records.of_uses(session, since, [col(Charge.id).in_(charges)])


def _rows(
    session: Session, versions: Sequence[Programme], asked: Asked, *, since: date | None
) -> Iterable[sa.Row[Any]]:
    query = (
        use_columns(since)
        .add_columns(
            col(_LINE.id).label("line_id"),
            col(_LINE.charge_id),
            col(_LINE.corrects_id),
            col(_LINE.clawback_id),
            col(_LINE.version),
            col(_LINE.day),
            col(_LINE.locked),
            col(_LINE.kind),
            col(_LINE.user_key),
            col(_LINE.group_key),
            col(_LINE.eligible),
            col(_LINE.amount_fen).label("line_amount_fen"),
            col(_LINE.base_fen),
            col(_LINE.before_fen),
            col(_LINE.granted_fen),
            col(_LINE.payable_fen),
            col(_LINE.detail),
            col(Settlement.until),
            col(Statement.organisation_id).label("owner"),
        )
        .join(_LINE, col(_LINE.charge_id) == col(Charge.id))
        .join(Settlement, col(Settlement.id) == col(_LINE.settlement_id))
        .join(Statement, col(Statement.id) == col(_LINE.statement_id))
        .where(of_uses([versions[0].id]))
        .order_by(col(_LINE.id))
    )
    if asked.users is None:
        yield from session.execute(query)
        return
    wanted = sorted(asked.users)
    for i in range(0, len(wanted), _CHUNK):
        yield from session.execute(query.where(col(_LINE.user_key).in_(wanted[i : i + _CHUNK])))
