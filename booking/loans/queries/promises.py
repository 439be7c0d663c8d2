"""Promised outside hours: what was agreed, what is delivered so far, what was judged."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.instrument import Instrument
from booking.instruments.states import InstrumentState
from booking.kernel.timespan import TimeSpan, local_midnight
from booking.loans.models import CreditLine
from booking.loans.models.promises import PromiseJudgement, PromiseWarning, PurchasePromise
from booking.loans.rules.balances import PromiseYear
from booking.loans.rules.promises import Progress, Span, hundredths, spans_of
from booking.loans.states import Acquired
from booking.organisations.models import Lab, Organisation
from booking.utilisation.queries.delivered import external_seconds

_PROMISE, _JUDGED, _LINE = PurchasePromise, PromiseJudgement, CreditLine
_HUNDRED: Final = 100
Years = tuple[PromiseYear, ...]


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise as lists show it, and whose it is."""

    credit_line_id: int
    loan: str
    organisation_id: int
    organisation: str
    bank: str
    instrument_id: int
    instrument: str
    acquired: Acquired
    cost_fen: int
    contract_number: str
    hours_a_year: int
    valid_from: date
    years: int
    # What it is called on English pages; not everything has an English name.
    organisation_en: str = ""

    @property
    def spans(self) -> Sequence[Span]:
        return spans_of(self.valid_from, self.years)


_ROW: Final = (
    sa.select(
        col(_LINE.id),
        col(_LINE.number),
        col(_LINE.organisation_id),
        col(Organisation.name),
        col(_LINE.bank),
        col(_PROMISE.instrument_id),
        col(Instrument.name),
        col(_PROMISE.acquired),
        col(_PROMISE.cost_fen),
        col(_PROMISE.contract_number),
        col(_PROMISE.hours_a_year),
        col(_PROMISE.valid_from),
        col(_PROMISE.years),
        col(Organisation.name_en),
    )
    .join_from(_PROMISE, _LINE, col(_LINE.id) == col(_PROMISE.credit_line_id))
    .join(Organisation, col(Organisation.id) == col(_LINE.organisation_id))
    .join(Instrument, col(Instrument.id) == col(_PROMISE.instrument_id))
    .order_by(col(_LINE.number))
)


def promises(session: Session, ids: Collection[int] | None = None) -> list[PromiseRow]:
    """What was promised on these credit lines, or on all, by their numbers."""
    chosen = sa.true() if ids is None else col(_LINE.id).in_(sorted(ids))
    return [PromiseRow(*row) for row in session.execute(_ROW.where(chosen))]


def promises_for(session: Session, instruments: sa.Select[int]) -> list[PromiseRow]:
    """What was promised for these instruments."""
    chosen = col(_PROMISE.instrument_id).in_(instruments)
    return [PromiseRow(*row) for row in session.execute(_ROW.where(chosen))]


def progress_of(
    session: Session, rows: Sequence[PromiseRow], today: date, *, back: int | None = None
) -> Mapping[int, list[Progress]]:
    """By credit line its promise years that have begun, with what is delivered by now; `back`
    leaves out those that ended so many days before."""
    wanted = {
        (row.credit_line_id, row.instrument_id, span): _span(span)
        for row in rows
        for span in row.spans
        if span.first <= today and (back is None or (today - span.until).days <= back)
    }
    told = external_seconds(session, {(tool, span) for (_, tool, _), span in wanted.items()})
    hours = {row.credit_line_id: row.hours_a_year * _HUNDRED for row in rows}
    found: defaultdict[int, list[Progress]] = defaultdict(list)
    for (line, tool, span), whole in wanted.items():
        delivered = hundredths(told[tool, whole])
        found[line].append(Progress(PromiseYear(*span, hours[line], delivered), today))
    return dict(found)


def promise_years(session: Session, ids: Collection[int] | None = None) -> dict[int, Years]:
    """By credit line its promise years as they were judged last."""
    last = (
        sa.select(sa.func.max(col(_JUDGED.id)))
        .where(sa.true() if ids is None else col(_JUDGED.credit_line_id).in_(sorted(ids)))
        .group_by(col(_JUDGED.credit_line_id), col(_JUDGED.first))
    )
    wanted = (
        sa.select(
            col(_JUDGED.credit_line_id),
            col(_JUDGED.first),
            col(_JUDGED.until),
            col(_JUDGED.promised_hours),
            col(_JUDGED.delivered_seconds),
        )
        .where(col(_JUDGED.id).in_(last))
        .order_by(col(_JUDGED.first))
    )
    found: defaultdict[int, list[PromiseYear]] = defaultdict(list)
    for line, first, until, hours, seconds in session.execute(wanted):
        year = PromiseYear(first, until, hours * _HUNDRED, hundredths(seconds))
        found[line].append(year)
    return {line: tuple(years) for line, years in found.items()}


def warned(session: Session) -> set[tuple[int, date]]:
    """Of which promise years borrowers were told ahead: credit line and first day."""
    query = sa.select(col(PromiseWarning.credit_line_id), col(PromiseWarning.first))
    return {(line, first) for line, first in session.execute(query)}


@dataclass(frozen=True, slots=True)
class Purchased:
    """A credit line that a promise is to be made for, locked."""

    id: int
    organisation_id: int
    bank: str
    kind: str


def line_to_promise(session: Session, number: str, actor: Actor) -> Purchased | None:
    """Where this person may agree something about it."""
    reach = actor.reach(Permission.LOAN_MANAGE)
    within = (
        sa.true()
        if reach.everywhere
        else col(_LINE.organisation_id).in_(sorted(reach.organisation_ids))
    )
    query = (
        sa.select(col(_LINE.id), col(_LINE.organisation_id), col(_LINE.bank), col(_LINE.kind))
        .where(col(_LINE.number) == number, within)
        .with_for_update()
    )
    found = session.execute(query).one_or_none()
    return None if found is None else Purchased(*found)


def cards_of(session: Session, organisation_id: int) -> list[tuple[int, str]]:
    """The published cards of an organisation's labs, by name."""
    query = (
        sa.select(col(Instrument.id), col(Instrument.name))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .where(
            col(Lab.organisation_id) == organisation_id,
            col(Instrument.state) == InstrumentState.PUBLISHED,
        )
        .order_by(col(Instrument.name), col(Instrument.id))
    )
    return [(key, name) for key, name in session.execute(query)]


def _span(span: Span) -> TimeSpan:
    return TimeSpan(local_midnight(span.first), local_midnight(span.until))
