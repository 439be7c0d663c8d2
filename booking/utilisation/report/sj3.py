"""The yearly sheet of an organisation: its valuable instruments as records, with what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Final

from sqlmodel import Session

from booking.access.actor import Reach
from booking.kernel.errors import Violation
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.utilisation.queries.kept import Sight
from booking.utilisation.queries.yearly_sheet import (
    ValuableCard,
    all_of,
    entries_of,
    operated_by_users,
    school_code_of,
    valuable_cards,
)
from booking.utilisation.report.pooled import Asked, By, waterfall_of
from booking.utilisation.rules.indicators import Indicators
from booking.utilisation.rules.sj3 import (
    LINE_END,
    Row,
    SheetRefused,
    Value,
    Worked,
    faults_of,
    gaps_of,
    hours_of,
    record,
)

# What the ministry calls a class of instruments stands on the card under this scheme.
SCHEME: Final = "moe"


@dataclass(frozen=True)
class Line:
    """One instrument's record, and where it can be mended."""

    card: ValuableCard
    row: Row

    @cached_property
    def faults(self) -> list[Violation]:
        return faults_of(self.row)

    @cached_property
    def gaps(self) -> list[str]:
        return gaps_of(self.row)


@dataclass(frozen=True)
class Sheet:
    """An organisation's academic year, as far as its reader sees it."""

    organisation_id: int
    period: Period
    school_code: str
    lines: Sequence[Line]

    @cached_property
    def can_be_written(self) -> bool:
        return bool(self.lines) and not any(line.faults for line in self.lines)

    @property
    def rows(self) -> dict[int, Row]:
        return {line.card.id: line.row for line in self.lines}


def written(rows: Mapping[int, Row] | Mapping[str, Row]) -> bytes:
    """The file: one record a line, in the order of the instruments; `SheetRefused` with every fault
    of every record."""
    if faults := [fault for row in rows.values() for fault in faults_of(row)]:
        raise SheetRefused(faults)
    by_number = sorted((int(key), row) for key, row in rows.items())
    return b"".join(record(row) + LINE_END for _, row in by_number)


def fingerprint(rows: Mapping[int, Row] | Mapping[str, Row]) -> str:
    return sha256(written(rows)).hexdigest()


def sheet_of(
    session: Session, organisation_id: int, period: Period, *, reach: Reach, now: datetime
) -> Sheet:
    """Cards, records and what was typed, put together."""
    cards = valuable_cards(session, organisation_id, reach)
    ids = [card.id for card in cards]
    worked = _worked(session, organisation_id, period, now=now)
    by_users = operated_by_users(session, period, ids)
    typed = entries_of(session, period, ids)
    school = school_code_of(session, organisation_id)
    lines = []
    for card in cards:
        of_year = worked.get(card.id)
        counted = Worked(
            effective=of_year.effective if of_year else 0,
            external=of_year.external if of_year else 0,
            by_users=by_users.get(card.id, 0),
            samples=of_year.samples if of_year else 0,
        )
        lines.append(Line(card, _row(card, counted, typed.get(card.id, {}), school=school)))
    return Sheet(organisation_id, period, school, lines)


def _worked(
    session: Session, organisation_id: int, period: Period, *, now: datetime
) -> Mapping[int | str, Indicators]:
    sight = Sight(reach=all_of(organisation_id))
    asked = Asked(period=period, by=By.INSTRUMENT, sight=sight)
    return {group.key: group.indicators for group in waterfall_of(session, asked, now=now).groups}


def _row(
    card: ValuableCard, worked: Worked, typed: Mapping[str, str | int], *, school: str
) -> dict[str, Value]:
    """What was typed betters what the card says, and fills what no record tells."""
    teaching = typed.get("hours_teaching")
    return {
        "school_code": school or None,
        "asset_no": card.inner_id,
        "category_code": card.other_codes.get(SCHEME),
        "name": card.name,
        "unit_price": yuan(card.original_value_fen),
        "model": card.model,
        "spec": " ".join(card.specs.split()),
        "manager": card.contact_name,
        **hours_of(worked, teaching=int(teaching) if teaching is not None else None),
        **typed,
    }
