"""A provider's year: figures by instrument, and what keeps them from being complete."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from booking.utilisation.queries.kept import InstrumentInSight, instruments_in_sight
from booking.utilisation.queries.providers import unconfirmed_uses
from booking.utilisation.report.pooled import Asked, Report, waterfall_of
from booking.utilisation.rules.indicators import Indicators


class Gap(StrEnum):
    """What is missing of an instrument's year."""

    NO_CLASS = "no_class"
    NO_VALUE = "no_value"
    NOT_OPEN = "not_open"
    NOT_FILED = "not_filed"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is missing, of which instrument, and how much of it."""

    instrument_id: int
    name: str
    gap: Gap
    count: int = 1
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """The report, the cards of its instruments, and what is missing."""

    report: Report
    cards: Mapping[int, InstrumentInSight]
    missing: Sequence[Missing]


def year_of(session: Session, asked: Asked, *, now: datetime) -> Year:
    """Figures by instrument, with what is missing."""
    report = waterfall_of(session, asked, now=now)
    cards = {one.id: one for one in instruments_in_sight(session, asked.sight)}
    waiting = unconfirmed_uses(session, asked.period, asked.sight)
    missing = [
        Missing(card.id, card.name, gap, count, card.name_en)
        for group in report.groups
        for card in (cards[int(group.key)],)
        for gap, count in _gaps(card, group.indicators, waiting.get(card.id, 0))
    ]
    return Year(report, cards, missing)


def _gaps(card: InstrumentInSight, of: Indicators, waiting: int) -> Iterator[tuple[Gap, int]]:
    found = {
        Gap.NO_CLASS: card.category is None,
        Gap.NO_VALUE: not card.value_fen,
        Gap.NOT_OPEN: not of.waterfall.open,
        Gap.NOT_FILED: of.filing_due > of.filed,
        Gap.UNCONFIRMED: waiting,
    }
    yield from ((gap, int(count)) for gap, count in found.items() if count)
