"""Instruments as tests need them: published, always open, one place, priced for everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import count
from typing import TypeVar

from sqlmodel import SQLModel, col, select

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.models.calendar import (
    CalendarDay,
    CalendarYear,
    Closure,
    ClosureKind,
    LabDay,
    LabHours,
    OpeningException,
    OpeningHours,
    ZoneDay,
)
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.tariff import Tariff
from booking.instruments.models.unit import Unit
from booking.instruments.rules.opening import DayKind, Hours
from booking.instruments.states import InstrumentState
from booking.kernel.clock import LOCAL
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab, Organisation
from booking.organisations.states import OrganisationKind, OrganisationState

BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
ALWAYS_OPEN = dict.fromkeys(range(1, 8), (("00:00", "24:00"),))
OFFICE_HOURS = dict.fromkeys(range(1, 6), (("08:30", "18:00"),))
PRICES = {
    "enterprise": {"hour": "800.00", "sample": "120.00", "staff_hour": "200.00"},
    "academic": {"hour": "400.00", "sample": "60.00", "staff_hour": "100.00"},
    "internal": {"hour": "100.00", "sample": "20.00", "staff_hour": "50.00"},
}
_number = count(1)

Table = TypeVar("Table", bound=SQLModel)
Week = Mapping[int, Sequence[tuple[str, str]]]


def moment(text: str) -> datetime:
    """`2026-11-24T13:00` in local time."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def span(start: str, end: str) -> TimeSpan:
    """`span("2026-11-24T13:00", "16:00")`: an end without a date is on the same day."""
    until = end if "T" in end else f"{start[:10]}T{end}"
    return TimeSpan(moment(start), moment(until))


def make_provider(uow: UnitOfWork, **facts: object) -> Organisation:
    """A verified university."""
    number = next(_number)
    given: dict[str, object] = {
        "name": f"示例大学{number}",
        "uscc": f"12610000{number:010d}",
        "kind": OrganisationKind.UNIVERSITY,
        "district": "fengxi",
        "state": OrganisationState.VERIFIED,
        "created_at": BEGINNING,
    }
    return _written(uow, Organisation, {**given, **facts})


def make_lab(uow: UnitOfWork, *, organisation_id: int | None = None, **facts: object) -> Lab:
    """A lab, of a provider of its own unless said otherwise."""
    owner = organisation_id or make_provider(uow).key
    given: dict[str, object] = {"name": f"示例实验室{next(_number)}", "district": "fengxi"}
    return _written(uow, Lab, {"organisation_id": owner, **given, **facts})


def make_instrument(
    uow: UnitOfWork,
    *,
    lab_id: int | None = None,
    units: int = 1,
    week: Week | None = None,
    policy: Mapping[str, object] | None = None,
    prices: Mapping[str, Mapping[str, object]] | None = None,
    tariff: Mapping[str, object] | None = None,
    **card: object,
) -> Instrument:
    """A published instrument; `policy` and `tariff` change single columns of theirs."""
    number = next(_number)
    given: dict[str, object] = {
        "name": f"示例扫描电镜{number}",
        "inner_id": f"SL-{number:05d}",
        "category_code": "010102",
        "original_value_fen": 286_000_000,
        "district": "fengxi",
        "service_modes": ["self_operated", "assisted", "entrusted"],
        "state": InstrumentState.PUBLISHED,
        "created_at": BEGINNING,
        "updated_at": BEGINNING,
    }
    lab = lab_id or make_lab(uow).key
    made = _written(uow, Instrument, {"lab_id": lab, **given, **card})
    for position in range(1, units + 1):
        uow.session.add(Unit(instrument_id=made.key, position=position))
    set_week(uow, made.key, ALWAYS_OPEN if week is None else week)
    add_policy(uow, made.key, **{"follows_statutory_calendar": False, **(policy or {})})
    add_tariff(uow, made.key, classes=prices or PRICES, **(tariff or {}))
    return made


def set_week(uow: UnitOfWork, instrument_id: int, week: Week) -> None:
    """Weekly opening hours."""
    for weekday, windows in week.items():
        for opens, closes in windows:
            window = Hours.between(opens, closes)
            row = OpeningHours(
                instrument_id=instrument_id,
                weekday=weekday,
                opens=window.opens,
                closes=window.closes,
            )
            uow.session.add(row)
    uow.session.flush()


def set_lab_week(uow: UnitOfWork, lab_id: int, week: Week) -> None:
    """Weekly hours for those instruments of a lab that have none of their own."""
    for weekday, windows in week.items():
        for opens, closes in windows:
            window = Hours.between(opens, closes)
            uow.session.add(
                LabHours(lab_id=lab_id, weekday=weekday, opens=window.opens, closes=window.closes)
            )
    uow.session.flush()


def add_exception(
    uow: UnitOfWork, instrument_id: int, day: date, *windows: tuple[str, str]
) -> None:
    """Other hours on one day; without windows it is closed."""
    _add_days(uow, OpeningException, windows, instrument_id=instrument_id, day=day)


def add_lab_day(
    uow: UnitOfWork, lab_id: int, day: date, *windows: tuple[str, str], reason: str = ""
) -> None:
    """Other hours of a whole lab on one day; without windows it is closed."""
    _add_days(uow, LabDay, windows, lab_id=lab_id, day=day, reason=reason)


def add_zone_day(uow: UnitOfWork, day: date, *windows: tuple[str, str], reason: str = "") -> None:
    """Other hours of the whole zone on one day; without windows it is closed."""
    _add_days(uow, ZoneDay, windows, day=day, reason=reason)


def _add_days(
    uow: UnitOfWork,
    table: type[OpeningException | LabDay | ZoneDay],
    windows: Sequence[tuple[str, str]],
    **columns: object,
) -> None:
    if not windows:
        _written(uow, table, columns)
    for window in windows:
        _written(uow, table, {**columns, **asdict(Hours.between(*window))})


def add_policy(uow: UnitOfWork, instrument_id: int, **columns: object) -> BookingPolicy:
    """A version of the policy, in force from the beginning unless said otherwise."""
    given = {"valid_from": BEGINNING, "created_at": BEGINNING, **columns}
    return _written(uow, BookingPolicy, {"instrument_id": instrument_id, **given})


def add_tariff(uow: UnitOfWork, instrument_id: int, **columns: object) -> Tariff:
    """A version of the price list, in force from the beginning unless said otherwise."""
    given = {"valid_from": BEGINNING, "created_at": BEGINNING, "classes": PRICES, **columns}
    return _written(uow, Tariff, {"instrument_id": instrument_id, **given})


def add_closure(
    uow: UnitOfWork,
    instrument_id: int,
    when: TimeSpan,
    *,
    kind: ClosureKind = ClosureKind.MAINTENANCE,
    **columns: object,
) -> Closure:
    """A closure as a row, without its holds."""
    given = {"starts_at": when.start, "ends_at": when.end, "created_at": BEGINNING, **columns}
    return _written(uow, Closure, {"instrument_id": instrument_id, "kind": kind, **given})


def enter_year(uow: UnitOfWork, year: int, days: Mapping[date, DayKind] | None = None) -> None:
    """The statutory calendar of a year."""
    uow.session.add(CalendarYear(year=year, source="示例", entered_at=BEGINNING))
    for day, kind in (days or {}).items():
        uow.session.add(CalendarDay(day=day, kind=kind))
    uow.session.flush()


def unit_ids(uow: UnitOfWork, instrument_id: int) -> list[int]:
    """The places of an instrument."""
    found = select(Unit.id).where(col(Unit.instrument_id) == instrument_id).order_by(col(Unit.id))
    return [unit_id for unit_id in uow.session.exec(found) if unit_id is not None]


def _written(uow: UnitOfWork, table: type[Table], facts: Mapping[str, object]) -> Table:
    row = table(**facts)
    uow.session.add(row)
    uow.session.flush()
    return row


def keeper_of(lab: Lab) -> Actor:
    """The manager of a lab."""
    grant = Grant(Role.LAB_MANAGER, organisation_id=lab.organisation_id, lab_id=lab.key)
    return Actor(id=0, name="仪器管理员甲", email="lab@example.com", grants=(grant,))


def keeper_of_instrument(uow: UnitOfWork, instrument: Instrument) -> Actor:
    """The manager of the lab that an instrument stands in."""
    return keeper_of(uow.session.get_one(Lab, instrument.lab_id))


CENTRE_ADMIN = Actor(
    id=0, name="中心管理员", email="admin@example.com", grants=(Grant(Role.CENTRE_ADMIN),)
)
