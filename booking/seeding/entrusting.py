"""委托单: one order that is done and one in the middle of its life, by their people's deeds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, BinaryIO, Final

from booking.access.actor import Actor
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import receive
from booking.files.providers.disk import vault_of
from booking.files.rules.kinds import Use
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.orders.actions.ask import ask_order
from booking.orders.actions.attach import add_file, send_message
from booking.orders.actions.decide import accept_quote
from booking.orders.actions.quote import quote_order
from booking.orders.actions.report import accept_report, hand_in_report
from booking.orders.actions.schedule import schedule_order
from booking.orders.actions.work import move_samples
from booking.orders.rules import Afterwards, Extra, OrderTold, QuoteTold, SampleTold, Slot
from booking.orders.states import OrderState, Station
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.wish import Wish
from booking.seeding.dealing import free_near
from booking.seeding.files import SeedFiles, Table
from booking.seeding.registering import Register
from booking.seeding.sharing import tables_of

_FILE: Final = "orders.toml"
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_RESULT: Final = "位置,厚度_um\n1,12.4\n2,12.9\n3,12.1\n"


@dataclass
class _Sheet:
    """A file as it arrives."""

    file: BinaryIO
    filename: str | None


@dataclass(frozen=True)
class _Sides:
    """Who asked, and who does the work."""

    company: Actor
    lab: Actor


def entrust(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """Every order of the file, a deed a day."""
    for told in tables_of(files.table(_FILE), "orders"):
        sides = _Sides(
            actor_by_id(uow.session, register.people[str(told["person"])]),
            actor_by_id(uow.session, register.people[str(told["manager"])]),
        )
        _play(uow, told, register.instruments[str(told["instrument"])], sides=sides, now=now)


def _play(
    uow: UnitOfWork, told: Table, instrument_id: int, *, sides: _Sides, now: datetime
) -> None:
    day = now - int(str(told["days_ago"])) * _DAY
    number = ask_order(uow, instrument_id, _wishes(told, day), actor=sides.company, now=day).number
    day += _DAY
    quote = quote_order(uow, number, _quote(told, day), actor=sides.lab, now=day)
    day += _DAY
    accept_quote(uow, number, quote.key, actor=sides.company, now=day)
    send_message(uow, number, "样品今日寄出。", actor=sides.company, now=day)
    day += _DAY
    move_samples(uow, number, Station.RECEIVED, actor=sides.lab, now=day)
    move_samples(uow, number, Station.PREPARING, actor=sides.lab, now=day + _DAY)
    wish = Wish(
        instrument_id=instrument_id,
        span=TimeSpan(day, day + int(str(told["quote_minutes"])) * _MINUTE),
        purpose=str(told["wishes"]),
        mode=ServiceMode.ENTRUSTED,
    )
    if told["until"] == OrderState.CLOSED:
        # The lab works before it writes.
        used = _use(uow, number, wish, sides=sides, day=day + _DAY)
        _finish(uow, number, sides=sides, day=used)
    else:
        _schedule(uow, number, wish, lab=sides.lab, now=now)


def _schedule(
    uow: UnitOfWork, number: str, wish: Wish, *, lab: Actor, now: datetime
) -> Reservation:
    """The first time that is free two days later."""
    asked = replace(wish, span=_of_length(wish.span.length, now + 2 * _DAY))
    (free,) = free_near(uow, [asked], now=now)
    return schedule_order(uow, number, Slot(span=free.span), actor=lab, now=now)


def _use(uow: UnitOfWork, number: str, wish: Wish, *, sides: _Sides, day: datetime) -> datetime:
    """Booked, done as booked, and confirmed by both; the day after."""
    booked = _schedule(uow, number, wish, lab=sides.lab, now=day)
    check_in(uow, booked.number, actor=sides.lab, now=booked.starts_at)
    check_out(uow, booked.number, None, actor=sides.lab, now=booked.ends_at)
    confirm(uow, booked.number, actor=sides.lab, now=booked.ends_at)
    confirm(uow, booked.number, actor=sides.company, now=booked.ends_at + _DAY)
    return booked.ends_at + _DAY


def _of_length(length: timedelta, start: datetime) -> TimeSpan:
    return TimeSpan(start, start + length)


def _finish(uow: UnitOfWork, number: str, *, sides: _Sides, day: datetime) -> None:
    move_samples(uow, number, Station.MEASURED, actor=sides.lab, now=day)
    move_samples(uow, number, Station.WRITTEN, actor=sides.lab, now=day + _DAY)
    sent = _Sheet(BytesIO(_RESULT.encode()), "测量结果.csv")
    received = receive(vault_of(uow.session.get_bind()), sent, Use.RESULT)
    add_file(uow, number, received, actor=sides.lab, now=day + _DAY)
    hand_in_report(uow, number, actor=sides.lab, now=day + _DAY)
    accept_report(uow, number, actor=sides.company, now=day + 3 * _DAY)
    move_samples(uow, number, Station.RETURNED, actor=sides.lab, now=day + 4 * _DAY)


def _wishes(told: Table, day: datetime) -> OrderTold:
    return OrderTold(
        wishes=str(told["wishes"]),
        standard=str(told["standard"]),
        by_day=local(day).date() + 30 * _DAY,
        samples=tuple(_sample(one) for one in tables_of(told, "samples")),
    )


def _sample(told: Mapping[str, Any]) -> SampleTold:
    return SampleTold(**{**told, "afterwards": Afterwards(str(told["afterwards"]))})


def _quote(told: Table, day: datetime) -> QuoteTold:
    today = local(day).date()
    return QuoteTold(
        minutes=int(str(told["quote_minutes"])),
        samples=sum(int(one["count"]) for one in _samples(told)),
        extras=(Extra("制样与镀膜", 20_000),),
        valid_until=today + 7 * _DAY,
        promised_day=today + 15 * _DAY,
    )


def _samples(told: Table) -> list[Mapping[str, Any]]:
    return list(tables_of(told, "samples"))
