"""Bookings as tests need them: made by the deeds users call, on an instrument that is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.instruments.models.hold import SlotHold
from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationKind
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.reserve import reserve
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.loading import reservation_for_update, use_for_update
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.rules.wish import Wish
from booking.reservations.states import State
from tests.factories.accounts import make_lab_person, make_member
from tests.factories.instruments import Week, make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between

NOON = between("11-24 12:00", "14:00")


@dataclass(frozen=True)
class Scene:
    """An instrument with its manager, and a company with two of its people."""

    instrument: Instrument
    manager: Actor
    company: Organisation
    member: Actor
    admin: Actor

    def wish(self, span: TimeSpan = NOON, **changes: object) -> Wish:
        """Two hours on the scene's instrument."""
        given = {"instrument_id": self.instrument.key, "span": span, "purpose": "断口形貌"}
        return Wish(**{**given, **changes})  # type: ignore[arg-type]  # named by the caller


def make_scene(
    uow: UnitOfWork,
    *,
    units: int = 1,
    policy: dict[str, object] | None = None,
    kind: OrganisationKind = OrganisationKind.ENTERPRISE,
    verified: bool = True,
    week: Week | None = None,
    tariff: Mapping[str, object] | None = None,
) -> Scene:
    """Somebody who may book, something to book, and somebody who decides."""
    instrument = make_instrument(uow, units=units, policy=policy, week=week, tariff=tariff)
    company = make_organisation(uow, kind=kind, verified=verified)
    return Scene(
        instrument=instrument,
        manager=make_lab_person(uow, instrument.lab_id),
        company=company,
        member=make_member(uow, company.key),
        admin=make_member(uow, company.key, Role.COMPANY_ADMIN),
    )


def make_reservation(
    uow: UnitOfWork, scene: Scene, span: TimeSpan = NOON, *, now: datetime, **changes: object
) -> Reservation:
    """A booking of the scene's member."""
    return reserve(uow, scene.wish(span, **changes), actor=scene.member, now=now)


def make_entrusted(
    uow: UnitOfWork, scene: Scene, span: TimeSpan = NOON, *, now: datetime, **changes: object
) -> Reservation:
    """Time that the lab takes to work for the scene's member."""
    given: dict[str, object] = {"mode": ServiceMode.ENTRUSTED, **changes}
    wish = scene.wish(span, on_behalf_of=scene.member.id, **given)
    return reserve(uow, wish, actor=scene.manager, now=now)


def make_use(
    uow: UnitOfWork, scene: Scene, span: TimeSpan = NOON, *, now: datetime, **changes: object
) -> Reservation:
    """A booking that was used from its first to its last minute, and waits for both sides."""
    made = make_reservation(uow, scene, span, now=now, **changes)
    check_in(uow, made.number, actor=scene.manager, now=span.start)
    minutes = span.length // timedelta(minutes=1)
    record = UseRecord(test_minutes=minutes, samples=2)
    return check_out(uow, made.number, record, actor=scene.manager, now=span.end)


def held_for(session: Session, number: str) -> list[TimeSpan]:
    """What is held for a reservation, in order."""
    rows = session.execute(
        sa.select(col(SlotHold.starts_at), col(SlotHold.ends_at))
        .where(col(SlotHold.reservation_number) == number)
        .order_by(col(SlotHold.starts_at), col(SlotHold.unit_id))
    )
    return [TimeSpan(*row) for row in rows]


def told_of(session: Session, number: str) -> list[str]:
    """The names of the facts recorded about a reservation, in order."""
    rows = session.execute(
        sa.select(col(AuditEntry.name))
        .where(col(AuditEntry.subject) == f"reservation:{number}")
        .order_by(col(AuditEntry.id))
    )
    return list(rows.scalars())


def state_of(session: Session, number: str) -> State:
    """Where a reservation stands in the database."""
    return reservation_for_update(session, number).reservation.state


def use_of(session: Session, number: str) -> UsageSession:
    """What is written about a reservation's use."""
    return use_for_update(session, reservation_for_update(session, number))
