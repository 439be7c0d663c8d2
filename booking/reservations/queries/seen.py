"""One reservation as it is shown: the names around it and what came of it, in one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from booking.accounts.models import User
from booking.instruments.models.calendar import Closure, ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.unit import Unit
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.dispute import DisputeMessage
from booking.reservations.models.joint import JointBooking
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.series import ReservationSeries
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.scheduled import SCHEDULED_BY_LAB
from booking.reservations.rules.cancellation import Cancellation, LateFee, cancellation
from booking.reservations.rules.fees import agreed_fees
from booking.reservations.states import Action, State, open_actions

Rows = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One reservation with the names around it and what came of it."""

    id: int
    number: str
    # The number of the series that it belongs to.
    series: str | None
    # The number of the joint booking that it is a step of.
    joint: str | None
    version: int
    state: State
    instrument_id: int
    instrument_name: str
    instrument_name_en: str
    model: str
    unit_id: int
    place: int
    lab_id: int
    lab_name: str
    provider_id: int
    organisation_id: int
    organisation_name: str
    organisation_name_en: str
    holder_id: int
    holder_name: str
    holder_phone: str
    mode: ServiceMode
    purpose: str
    samples: int
    consumables: dict[str, int]
    starts_at: datetime
    ends_at: datetime
    external: bool
    customer_class: str
    policy_id: int | None
    tariff_id: int
    quote: dict[str, Any]
    quoted_fen: int
    given_back_fen: int
    fee_fen: int
    decide_by: datetime | None
    missed_from: datetime
    free_cancel_until: datetime
    stays_late: bool
    late: bool
    override_reason: str
    state_reason: str
    created_at: datetime
    late_cancel_percent: int | None
    started_at: datetime | None
    ended_at: datetime | None
    preparation_minutes: int | None
    test_minutes: int | None
    post_minutes: int | None
    idle_minutes: int | None
    used_samples: int | None
    used_consumables: dict[str, int] | None
    note: str | None
    to_be_completed: bool | None
    host_confirmed_at: datetime | None
    user_confirmed_at: datetime | None
    confirm_by: datetime | None
    settled_at: datetime | None
    overrun_minutes: int | None
    overrun_fen: int | None
    centre_asked_at: datetime | None
    # Users check in with the code of the lab's screen.
    code_at_place: bool | None
    # Somebody else's use runs over into it.
    hindered: bool
    # Somebody objected to its record once.
    objected: bool
    # A fault keeps the instrument out of service in its time, as far as anybody knows until then.
    out_until: datetime | None
    # Entrusted, and at a time that the lab chose.
    scheduled_by_lab: bool

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.starts_at, self.ends_at)

    @property
    def effective_minutes(self) -> int:
        """有效机时."""
        return sum((self.preparation_minutes or 0, self.test_minutes or 0, self.post_minutes or 0))

    def allows(self, action: Action) -> bool:
        """Whether the state leads anywhere by this action."""
        return action in open_actions(self.state)

    def cancelled_at(self, now: datetime) -> Cancellation:
        """What cancelling now would mean."""
        return cancellation(
            self.state,
            deadline=self.free_cancel_until,
            fee=LateFee(
                price_fen=self.quoted_fen,
                percent=self.late_cancel_percent or 0,
                fixed_fen=agreed_fees(self.quote).late_cancel_fen,
            ),
            now=now,
            stays_late=self.stays_late,
        )


_BEFORE: Final = aliased(UsageSession)
_FAULT_ENDS: Final = sa.select(sa.func.max(col(Closure.ends_at))).where(
    col(Closure.instrument_id) == col(Reservation.instrument_id),
    col(Closure.kind) == ClosureKind.FAULT,
    col(Closure.lifted_at).is_(None),
    col(Closure.starts_at) < col(Reservation.ends_at),
    col(Closure.ends_at) > col(Reservation.starts_at),
)

SEEN: Final[Rows] = (
    sa.select(
        col(Reservation.id),
        col(Reservation.number),
        col(ReservationSeries.number).label("series"),
        col(JointBooking.number).label("joint"),
        col(Reservation.version),
        col(Reservation.state),
        col(Reservation.instrument_id),
        col(Instrument.name).label("instrument_name"),
        col(Instrument.name_en).label("instrument_name_en"),
        col(Instrument.model),
        col(Reservation.unit_id),
        col(Unit.position).label("place"),
        col(Instrument.lab_id),
        col(Lab.name).label("lab_name"),
        col(Lab.organisation_id).label("provider_id"),
        col(Reservation.organisation_id),
        col(Organisation.name).label("organisation_name"),
        col(Organisation.name_en).label("organisation_name_en"),
        col(Reservation.holder_id),
        col(User.name).label("holder_name"),
        col(User.phone).label("holder_phone"),
        col(Reservation.mode),
        col(Reservation.purpose),
        col(Reservation.samples),
        col(Reservation.consumables),
        col(Reservation.starts_at),
        col(Reservation.ends_at),
        col(Reservation.external),
        col(Reservation.customer_class),
        col(Reservation.policy_id),
        col(Reservation.tariff_id),
        col(Reservation.quote),
        col(Reservation.quoted_fen),
        col(Reservation.given_back_fen),
        col(Reservation.fee_fen),
        col(Reservation.decide_by),
        col(Reservation.missed_from),
        col(Reservation.free_cancel_until),
        col(Reservation.stays_late),
        col(Reservation.late),
        col(Reservation.override_reason),
        col(Reservation.state_reason),
        col(Reservation.created_at),
        col(BookingPolicy.late_cancel_percent),
        col(UsageSession.started_at),
        col(UsageSession.ended_at),
        col(UsageSession.preparation_minutes),
        col(UsageSession.test_minutes),
        col(UsageSession.post_minutes),
        col(UsageSession.idle_minutes),
        col(UsageSession.samples).label("used_samples"),
        col(UsageSession.consumables).label("used_consumables"),
        col(UsageSession.note),
        col(UsageSession.to_be_completed),
        col(UsageSession.host_confirmed_at),
        col(UsageSession.user_confirmed_at),
        col(UsageSession.confirm_by),
        col(UsageSession.settled_at),
        col(UsageSession.overrun_minutes),
        col(UsageSession.overrun_fen),
        col(UsageSession.centre_asked_at),
        col(BookingPolicy.code_at_place),
        sa.exists()
        .where(col(_BEFORE.hindered_id) == col(Reservation.id), col(_BEFORE.ended_at).is_(None))
        .label("hindered"),
        sa.exists()
        .where(col(DisputeMessage.reservation_id) == col(Reservation.id))
        .label("objected"),
        _FAULT_ENDS.scalar_subquery().label("out_until"),
        SCHEDULED_BY_LAB.label("scheduled_by_lab"),
    )
    .select_from(Reservation)
    .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
    .join(Unit, col(Unit.id) == col(Reservation.unit_id))
    .join(Lab, col(Lab.id) == col(Instrument.lab_id))
    .join(Organisation, col(Organisation.id) == col(Reservation.organisation_id))
    .join(User, col(User.id) == col(Reservation.holder_id))
    .outerjoin(ReservationSeries, col(ReservationSeries.id) == col(Reservation.series_id))
    .outerjoin(JointBooking, col(JointBooking.id) == col(Reservation.joint_id))
    .outerjoin(BookingPolicy, col(BookingPolicy.id) == col(Reservation.policy_id))
    .outerjoin(UsageSession, col(UsageSession.reservation_id) == col(Reservation.id))
)


def seen(session: Session, statement: Rows) -> Sequence[Seen]:
    """The rows of a statement made from SEEN."""
    return [Seen(**row._mapping) for row in session.execute(statement)]
