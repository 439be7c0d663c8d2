"""Reports: figures of a period by instrument, class, lab, organisation, district or zone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Final

from sqlmodel import Session

from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.utilisation.queries.kept import InstrumentInSight, Owned, Pair, Sight, ids_in_sight
from booking.utilisation.queries.single_uses import (
    GrantSource,
    NothingGranted,
    users_by_instrument,
)
from booking.utilisation.report.counting import Counted, counted
from booking.utilisation.rules.indicators import Figures, Indicators, RatedHours, indicators
from booking.utilisation.rules.months import MonthFigures
from booking.utilisation.rules.pieces import Piece, months_in, pieces_of

# Uses that a report looks through one by one, for its users and their subsidies.
USES_AT_MOST: Final = 50_000


class By(StrEnum):
    """What a report pools by."""

    INSTRUMENT = "instrument"
    CLASS = "class"
    LAB = "lab"
    ORGANISATION = "organisation"
    DISTRICT = "district"
    ZONE = "zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a report is about."""

    period: Period
    by: By
    sight: Sight = field(default_factory=Sight)
    rated: RatedHours = field(default_factory=RatedHours)
    cap: bool = False
    grants: GrantSource = field(default_factory=NothingGranted)


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a report."""

    key: int | str
    name: str
    indicators: Indicators
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class MonthLine:
    """All instruments together in one month, or in the days of it that count."""

    piece: Piece
    instruments: int
    sums: MonthFigures
    # None where single uses were not looked at.
    subsidy_fen: int | None

    @property
    def code(self) -> str:
        return self.piece.part.code


@dataclass(frozen=True, slots=True)
class Report:
    """A period in lines, all of it, and all of it month by month; `through` is the last of them."""

    period: Period
    by: By
    groups: tuple[Group, ...]
    whole: Indicators
    through: Period
    up_to_date: bool
    months: tuple[MonthLine, ...]

    @property
    def months_counted(self) -> Fraction:
        """How many months the figures are of."""
        return months_in([line.piece for line in self.months])


Key = tuple[int | str, str]


@dataclass(frozen=True, slots=True)
class SingleUses:
    """The users of each instrument, and what programmes paid, by instrument and month."""

    users: Mapping[int, frozenset[int]]
    granted: Mapping[Pair, int]

    def users_of(self, ids: Sequence[int]) -> int:
        return len(frozenset().union(*(self.users.get(one, frozenset()) for one in ids)))

    def granted_to(self) -> Mapping[int, int]:
        found: dict[int, int] = defaultdict(int)
        for (instrument_id, _), fen in self.granted.items():
            found[instrument_id] += fen
        return found

    def granted_in(self, month: str) -> int:
        return sum(fen for (_, code), fen in self.granted.items() if code == month)


@dataclass(frozen=True)
class Looked:
    """Everything that the reports of one period say, whatever they pool by."""

    asked: Asked
    found: Counted
    single: SingleUses | None
    figures: Mapping[int, Figures]
    months: tuple[MonthLine, ...]

    def pooled(self, ids: Sequence[int]) -> Indicators:
        users = self.single.users_of(ids) if self.single else None
        return indicators([self.figures[one] for one in ids], cap=self.asked.cap, users=users)

    @cached_property
    def whole(self) -> Indicators:
        """All of them, reckoned once however often it is said."""
        return self.pooled(list(self.figures))

    def by(self, by: By) -> Report:
        """In lines."""
        members: dict[Key, list[int]] = defaultdict(list)
        english: dict[int | str, str] = {}
        for each in self.found.seen:
            key, name = group_of(each, by)
            members[key, name].append(each.id)
            english[key] = english_of(each, by)
        return Report(
            self.asked.period,
            by,
            tuple(
                Group(key, name, self.pooled(ids), english[key])
                for (key, name), ids in members.items()
            ),
            self.whole,
            self.found.pieces[-1].part,
            self.found.up_to_date,
            self.months,
        )


def waterfall_of(session: Session, asked: Asked, *, now: datetime) -> Report:
    """Figures of what has begun of a period; of a period yet to come, what is booked."""
    return looked_over(session, asked, now=now).by(asked.by)


def looked_over(session: Session, asked: Asked, *, now: datetime) -> Looked:
    """The same before it is pooled."""
    found = counted(session, asked.sight, asked.period, now=now)
    single = _single_uses(session, asked, found)
    granted = single.granted_to() if single else {}
    frame = Frame.of(asked, found)
    figures = {
        each.id: frame.counted(each, subsidy_fen=granted.get(each.id, 0)) for each in found.seen
    }
    months = tuple(
        MonthLine(
            piece,
            serving,
            sums,
            single.granted_in(piece.month.code) if single else None,
        )
        for (piece, sums), serving in zip(found.of_pieces(session), found.serving(), strict=True)
    )
    return Looked(asked, found, single, figures, months)


def _single_uses(session: Session, asked: Asked, found: Counted) -> SingleUses | None:
    if sum(found.sums[each.id].uses for each in found.seen if each.id in found.sums) > USES_AT_MOST:
        return None
    return SingleUses(
        users_by_instrument(session, asked.period, asked.sight),
        asked.grants.granted(session, asked.period, ids_in_sight(asked.sight)),
    )


def group_of(each: Owned, by: By) -> Key:
    """The key and name of the line that an instrument counts in."""
    match by:
        case By.INSTRUMENT:
            return each.id, each.name
        case By.LAB:
            return each.lab_id, each.lab_name
        case By.ORGANISATION:
            return each.organisation_id, each.organisation_name
        case By.CLASS:
            code = each.category.value if each.category else ""
            return code, code
        case By.DISTRICT:
            return each.district, each.district
        case By.ZONE:
            return By.ZONE.value, ""


def english_of(each: Owned, by: By) -> str:
    """What its group is called on English pages, where it has such a name."""
    names = {
        By.INSTRUMENT: each.name_en,
        By.LAB: each.lab_name_en,
        By.ORGANISATION: each.organisation_name_en,
    }
    return names.get(by, "")


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for every instrument of a report."""

    found: Counted
    rated: RatedHours
    months: Fraction
    span: TimeSpan
    length: int
    until: date

    @classmethod
    def of(cls, asked: Asked, found: Counted) -> "Frame":
        first, last = found.pieces[0].part, found.pieces[-1].part
        months = months_in(pieces_of(asked.period))
        span = TimeSpan(first.span.start, last.span.end)
        length = int(span.length.total_seconds())
        return cls(found, asked.rated, months, span, length, last.until)

    def counted(self, each: InstrumentInSight, *, subsidy_fen: int) -> Figures:
        """One instrument as the indicators want it."""
        sums = self.found.sums.get(each.id, MonthFigures())
        due, filed = each.filing_due, each.filed_on
        return Figures(
            waterfall=sums.waterfall,
            effective=sums.effective,
            external=sums.external,
            rated=self.rated.seconds(self.months, general=each.general, units=each.units),
            bookable=each.bookable,
            reservations=sums.bookings,
            missed=sums.missed,
            uses=sums.uses,
            samples=sums.samples,
            faults=sums.faults,
            income_fen=sums.income_fen,
            subsidy_fen=subsidy_fen,
            length=self.length,
            in_service=self.length if each.always_served(self.span) else each.served_in(self.span),
            filing_due=due is not None and due < self.until,
            filed=filed is not None and filed < self.until,
        )
