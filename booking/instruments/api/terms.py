"""JSON: opening hours, policies, price lists, and the statutory calendar."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.instruments.actions.enter_calendar import YearNotice, enter_calendar
from booking.instruments.actions.set_calendar import set_day, set_week, unset_day
from booking.instruments.actions.set_policy import set_policy, withdraw_policy
from booking.instruments.actions.set_tariff import PriceList, set_tariff, withdraw_tariff
from booking.instruments.api.shapes import (
    HoursOut,
    PolicyOut,
    TariffOut,
    hours_out,
    policy_out,
    tariff_out,
)
from booking.instruments.forms.terms import (
    CalendarForm,
    DayForm,
    HoursForm,
    PolicyForm,
    TariffForm,
    WithdrawalForm,
    week_of,
)
from booking.instruments.queries.cards import card_seen_by
from booking.instruments.queries.settings import tariffs
from booking.instruments.queries.statutory import known_year, moved_days
from booking.instruments.rules.holidays import english_holiday
from booking.instruments.rules.opening import DayKind
from booking.instruments.rules.statutory import FIRST_YEAR, LAST_YEAR
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.moments import Day
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["instruments"])

Visitor = Annotated[Actor | None, PUBLIC]
Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
CalendarKeeper = Annotated[Actor, requires(Permission.CALENDAR_MANAGE)]
Week = Annotated[list[HoursForm], Field(max_length=70)]
Year = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)]


class MovedDayOut(BaseModel):
    """A day that is not what its weekday says."""

    day: date
    kind: DayKind
    name: str
    name_en: str


class CalendarOut(BaseModel):
    """The statutory calendar of a year."""

    year: int
    source: str
    provisional: bool
    days: list[MovedDayOut]


class TariffList(BaseModel):
    items: list[TariffOut]


@router.put("/instruments/{instrument_id}/opening-hours")
def put_opening_hours(
    instrument_id: int, body: Week, uow: Transaction, clock: ClockDep, actor: Keeper
) -> list[HoursOut]:
    """Replace the weekly hours; several windows a day, 24:00 allowed.

    What closes before it opens lasts over midnight. Without windows, the lab's hours hold.
    """
    set_week(uow, instrument_id, week_of(body), actor=actor, now=clock.now())
    return hours_out(uow.session, instrument_id)


@router.get("/instruments/{instrument_id}/opening-hours")
def get_opening_hours(instrument_id: int, session: Reading, visitor: Visitor) -> list[HoursOut]:
    """The weekly hours."""
    card_seen_by(session, instrument_id, visitor)
    return hours_out(session, instrument_id)


@router.put("/instruments/{instrument_id}/days/{day}", status_code=204)
def put_day(
    instrument_id: int,
    day: Day,
    body: DayForm,
    uow: Transaction,
    clock: ClockDep,
    actor: Keeper,
) -> None:
    """Give one day its own windows; none closes it."""
    set_day(uow, instrument_id, day, said=body.said, actor=actor, now=clock.now())


@router.delete("/instruments/{instrument_id}/days/{day}", status_code=204)
def delete_day(
    instrument_id: int, day: Day, uow: Transaction, clock: ClockDep, actor: Keeper
) -> None:
    """Let the usual hours hold on a day again."""
    unset_day(uow, instrument_id, day, actor=actor, now=clock.now())


@router.put("/instruments/{instrument_id}/policy")
def put_policy(
    instrument_id: int, body: PolicyForm, uow: Transaction, clock: ClockDep, actor: Keeper
) -> PolicyOut:
    """A new version of the policy, at once or from `valid_from` on."""
    made = set_policy(
        uow,
        instrument_id,
        body.terms(),
        actor=actor,
        now=clock.now(),
        valid_from=body.valid_from,
    )
    return policy_out(made)


@router.post("/instruments/{instrument_id}/policy/withdrawal")
def post_policy_withdrawal(
    instrument_id: int, body: WithdrawalForm, uow: Transaction, clock: ClockDep, actor: Keeper
) -> PolicyOut:
    """Take back a version that has not begun; bookings made under it keep it."""
    now = clock.now()
    return policy_out(withdraw_policy(uow, instrument_id, body.valid_from, actor=actor, now=now))


@router.post("/instruments/{instrument_id}/tariffs", status_code=201, response_model=TariffOut)
def post_tariff(
    instrument_id: int,
    body: TariffForm,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """A new version of the price list from `valid_from` on; older bookings keep theirs."""

    def deed() -> tuple[int, TariffOut]:
        prices = PriceList(
            valid_from=body.valid_from,
            basis=body.basis,
            round_up_minutes=body.round_up_minutes,
            vat_rate=body.vat_rate,
            vat_included=body.vat_included,
            peak=body.stored_peak(),
            classes=body.stored_classes(),
        )
        return 201, tariff_out(set_tariff(uow, instrument_id, prices, actor=actor, now=clock.now()))

    return once.answer(deed)


@router.post("/instruments/{instrument_id}/tariffs/withdrawal")
def post_withdrawal(
    instrument_id: int, body: WithdrawalForm, uow: Transaction, clock: ClockDep, actor: Keeper
) -> TariffOut:
    """Take back a price list that has not begun; bookings made under it keep it."""
    now = clock.now()
    return tariff_out(withdraw_tariff(uow, instrument_id, body.valid_from, actor=actor, now=now))


@router.get("/instruments/{instrument_id}/tariffs")
def get_tariffs(instrument_id: int, session: Reading, visitor: Visitor) -> TariffList:
    """Every version of the price list, the newest first."""
    card_seen_by(session, instrument_id, visitor)
    return TariffList(items=[tariff_out(row) for row in tariffs(session, instrument_id)])


@router.put("/calendar/{year}")
def put_calendar(
    year: Year, body: CalendarForm, uow: Transaction, clock: ClockDep, actor: CalendarKeeper
) -> CalendarOut:
    """Enter the statutory calendar of a year; what was known of it is replaced."""
    notice = YearNotice(
        year=year, days=body.moved(), source=body.source, provisional=body.provisional
    )
    enter_calendar(uow, notice, actor=actor, now=clock.now())
    return _calendar(uow.session, year)


@router.get("/calendar/{year}")
def get_calendar(year: Year, session: Reading, visitor: Visitor) -> CalendarOut:
    """The holidays and make-up workdays of a year."""
    return _calendar(session, year)


def _calendar(session: Session, year: int) -> CalendarOut:
    known = known_year(session, year)
    days = [
        MovedDayOut(day=one.day, kind=one.kind, name=one.name, name_en=english_holiday(one.name))
        for one in moved_days(session, year)
    ]
    return CalendarOut(year=year, source=known.source, provisional=known.provisional, days=days)
