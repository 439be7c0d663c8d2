"""The room's tables as Core tables: what lists, calendars and searches select columns from."""

from typing import Final

import sqlalchemy as sa
from sqlmodel import SQLModel

from booking.instruments.models.attachment import InstrumentPaper, InstrumentPicture
from booking.instruments.models.calendar import (
    CalendarDay,
    CalendarYear,
    Closure,
    ClosureSeries,
    LabDay,
    LabHours,
    OpeningException,
    OpeningHours,
    ZoneDay,
)
from booking.instruments.models.fault import Fault
from booking.instruments.models.hold import ReleasedUnit, SlotHold
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.roster import OperatorPerson, RosterDay, RosterHours
from booking.instruments.models.search import (
    CardChange,
    InstrumentSearch,
    SearchWord,
    Synonym,
)
from booking.instruments.models.sheet_import import SheetFault, SheetImport
from booking.instruments.models.tariff import Tariff
from booking.instruments.models.unit import Unit, UnitOffer


def _table(model: type[SQLModel]) -> sa.Table:
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    assert isinstance(table, sa.Table)  # noqa: S101 - for the type checker
    return table


CALENDAR_DAY: Final = _table(CalendarDay)
CALENDAR_YEAR: Final = _table(CalendarYear)
CARD_CHANGE: Final = _table(CardChange)
CLOSURE: Final = _table(Closure)
EXCEPTION: Final = _table(OpeningException)
FAULT: Final = _table(Fault)
HOLD: Final = _table(SlotHold)
HOURS: Final = _table(OpeningHours)
IMPORT: Final = _table(SheetImport)
IMPORT_FAULT: Final = _table(SheetFault)
INSTRUMENT: Final = _table(Instrument)
LAB_DAY: Final = _table(LabDay)
LAB_HOURS: Final = _table(LabHours)
PAPER: Final = _table(InstrumentPaper)
PICTURE: Final = _table(InstrumentPicture)
OPERATOR_PERSON: Final = _table(OperatorPerson)
POLICY: Final = _table(BookingPolicy)
RELEASED: Final = _table(ReleasedUnit)
ROSTER_DAY: Final = _table(RosterDay)
ROSTER_HOURS: Final = _table(RosterHours)
SEARCH: Final = _table(InstrumentSearch)
SEARCH_WORD: Final = _table(SearchWord)
SERIES: Final = _table(ClosureSeries)
SYNONYM: Final = _table(Synonym)
TARIFF: Final = _table(Tariff)
UNIT: Final = _table(Unit)
UNIT_OFFER: Final = _table(UnitOffer)
ZONE_DAY: Final = _table(ZoneDay)
