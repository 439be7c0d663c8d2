"""Who asks for time: the organisation, what it booked already, whom staff may book for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.permissions import Permission
from booking.access.roles import ROLE_PERMISSIONS
from booking.accounts.models import Membership, User
from booking.credit.queries.standing import ENTRY, IN_FORCE, RULES, read_credit, score_columns
from booking.credit.rules import Credit
from booking.instruments.rules.customer import Customer, Held
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Organisation, Qualification
from booking.organisations.states import OrganisationKind, OrganisationState, QualificationState
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.queries.touching import bounds, touching_later
from booking.reservations.rules.demand import Counted
from booking.reservations.rules.quota import span_to_count
from booking.reservations.states import COUNTING, HOLDING, OPEN, State

_BOOKERS = [role for role, may in ROLE_PERMISSIONS.items() if Permission.RESERVATION_CREATE in may]


@dataclass(frozen=True, slots=True)
class Standing:
    """An organisation as the rules see it, and whether its person knows the instrument."""

    organisation_id: int
    verified: bool
    kind: OrganisationKind
    used_before: bool
    held: tuple[Held, ...] = ()
    # None where no rules of credit are in force.
    credit: Credit | None = None

    @property
    def customer(self) -> Customer:
        return Customer.of(self.kind, self.organisation_id)


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose bookings count against quotas; `but` are those that would be replaced."""

    organisation_id: int
    holder_id: int
    but: tuple[int, ...] = ()


# No booking has this id.
_NONE: Final = (0,)
# Every wish asks these, so they are built once, over plain columns.
_COMPANY: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]  # by SQLModel
_PERSON: Final[sa.Table] = User.__table__  # type: ignore[attr-defined]  # by SQLModel
_HELD: Final[sa.Table] = Qualification.__table__  # type: ignore[attr-defined]  # by SQLModel
_BOOKED: Final[sa.Table] = Reservation.__table__  # type: ignore[attr-defined]  # by SQLModel
_HOLDER: Final = sa.bindparam("holder", type_=sa.BigInteger())
_INSTRUMENT: Final = sa.bindparam("instrument", type_=sa.BigInteger())
_INSTRUMENTS: Final = sa.bindparam("instruments", expanding=True, type_=sa.BigInteger())
_BUT: Final = sa.bindparam("but", expanding=True, type_=sa.BigInteger())
_ORGANISATION: Final = sa.bindparam("organisation", type_=sa.BigInteger())
_USED: Final = sa.exists().where(
    _BOOKED.c.holder_id == _HOLDER,
    _BOOKED.c.instrument_id == _INSTRUMENT,
    _BOOKED.c.state.in_([State.COMPLETED, State.SETTLED]),
)


def _standing(whose: sa.FromClause) -> sa.Select[Any]:
    """One row for each verified qualification, or one without any."""
    return (
        sa.select(
            *(_COMPANY.c.id, _COMPANY.c.state, _COMPANY.c.kind, _USED),
            *(_HELD.c.code, _HELD.c.valid_from, _HELD.c.valid_to),
            *score_columns(ENTRY.c.organisation_id == _COMPANY.c.id),
        )
        .select_from(
            whose.outerjoin(
                _HELD,
                sa.and_(
                    _HELD.c.organisation_id == _COMPANY.c.id,
                    _HELD.c.state == QualificationState.VERIFIED,
                ),
            ).outerjoin(RULES, IN_FORCE)
        )
        .where(_COMPANY.c.id == _ORGANISATION)
    )


_STANDING: Final = _standing(_COMPANY)
# Whoever books for two organisations is one person.
_WITH_PERSON: Final = _COMPANY.join(_PERSON, _PERSON.c.id == _HOLDER)
_STANDING_LOCKED: Final = _standing(_WITH_PERSON).with_for_update(
    of=(_COMPANY, _PERSON), key_share=True
)
_COUNTING: Final = sa.or_(
    _BOOKED.c.state.in_(sorted(COUNTING)),
    sa.and_(_BOOKED.c.state == State.CANCELLED, _BOOKED.c.late),
)
_ON_THESE: Final = _BOOKED.c.instrument_id.in_(_INSTRUMENTS)
# Sums have no index: nobody is to read a company's or an instrument's whole past for these.
_MINE: Final = sa.or_(
    _BOOKED.c.organisation_id + 0 == _ORGANISATION, _BOOKED.c.holder_id + 0 == _HOLDER
)
# Written out, as the partial index on them is.
_UNUSED: Final = sa.select(_BOOKED.c.id).where(
    sa.text("reservation.state IN ('requested', 'confirmed', 'in_use')")
)
_TO_COUNT: Final = sa.union_all(
    touching_later(_ON_THESE),
    _UNUSED.where(_BOOKED.c.organisation_id == _ORGANISATION, _ON_THESE),
    _UNUSED.where(_BOOKED.c.holder_id == _HOLDER, (_BOOKED.c.instrument_id + 0).in_(_INSTRUMENTS)),
).subquery()
_OFFER: Final[sa.Table] = WaitlistOffer.__table__  # type: ignore[attr-defined]  # by SQLModel
_ENTRY: Final[sa.Table] = WaitlistEntry.__table__  # type: ignore[attr-defined]  # by SQLModel
# What is held for somebody to answer counts like what they have booked, until they have answered.
_COUNTED_OFFERS: Final = (
    sa.select(
        _OFFER.c.instrument_id,
        _OFFER.c.starts_at,
        _OFFER.c.ends_at,
        _ENTRY.c.holder_id,
        _ENTRY.c.organisation_id,
        sa.literal(State.CONFIRMED, _BOOKED.c.state.type),
        _OFFER.c.offered_at,
    )
    .join(_ENTRY, _ENTRY.c.id == _OFFER.c.entry_id)
    .where(
        sa.text("waitlist_offer.state = 'open'"),
        _OFFER.c.instrument_id.in_(_INSTRUMENTS),
        sa.or_(_ENTRY.c.organisation_id == _ORGANISATION, _ENTRY.c.holder_id == _HOLDER),
    )
)
_COUNTED_BOOKINGS: Final = sa.select(
    _BOOKED.c.instrument_id,
    _BOOKED.c.starts_at,
    _BOOKED.c.ends_at,
    _BOOKED.c.holder_id,
    _BOOKED.c.organisation_id,
    _BOOKED.c.state,
    _BOOKED.c.created_at,
).where(
    _BOOKED.c.id.in_(sa.select(_TO_COUNT.c.id)),
    _MINE,
    _COUNTING,
    _BOOKED.c.id.not_in(_BUT),
)
_COUNTED: Final = _COUNTED_BOOKINGS.union_all(_COUNTED_OFFERS)


_INSIDERS: Final = sa.select(_BOOKED.c.starts_at, _BOOKED.c.ends_at).where(
    _BOOKED.c.id.in_(touching_later(_BOOKED.c.instrument_id == _INSTRUMENT)),
    ~_BOOKED.c.external,
    _BOOKED.c.state.in_(sorted(COUNTING)),
    _BOOKED.c.id.not_in(_BUT),
)


def standing_of(
    session: Session,
    organisation_id: int,
    *,
    holder_id: int,
    instrument_id: int,
    lock: bool,
    now: datetime,
) -> Standing:
    """What is known about who asks; with `lock`, whoever else books for them waits for us.

    The lock makes counting safe: between reading the bookings of the organisation and the person
    and adding one, no other booking of theirs can be written.
    """
    asked = {
        "organisation": organisation_id,
        "holder": holder_id,
        "instrument": instrument_id,
        "now": now,
    }
    rows = session.execute(_STANDING_LOCKED if lock else _STANDING, asked).all()
    if not rows:
        raise NotFound(organisation_id=organisation_id)
    id_, state, kind, used_before, *_ = rows[0]
    held = tuple(Held(*row[4:7]) for row in rows if row.code is not None)
    verified = state is OrganisationState.VERIFIED
    credit = read_credit(tuple(rows[0][7:]))
    return Standing(id_, verified, kind, bool(used_before), held, credit)


def counted_bookings(
    session: Session, asker: Asker, instrument_id: int, *, span: TimeSpan
) -> tuple[Counted, ...]:
    """What counts on an instrument: in the periods of `span`, or still unused."""
    return counted_on(session, asker, [instrument_id], span=span).get(instrument_id, ())


def counted_on(
    session: Session, asker: Asker, instrument_ids: Sequence[int], *, span: TimeSpan
) -> dict[int, tuple[Counted, ...]]:
    """The same by instrument; those with nothing are left out."""
    counted = span_to_count(span)
    asked = {
        "instruments": list(instrument_ids),
        "organisation": asker.organisation_id,
        "holder": asker.holder_id,
        **bounds(counted),
        "but": asker.but or _NONE,
    }
    found: dict[int, tuple[Counted, ...]] = {}
    for one, start, end, holder, organisation, state, made in session.execute(_COUNTED, asked):
        booking = Counted(
            TimeSpan(start, end),
            same_person=holder == asker.holder_id,
            same_organisation=organisation == asker.organisation_id,
            is_open=state in OPEN,
            made_at=made,
            stands=state in HOLDING,
        )
        found[one] = (*found.get(one, ()), booking)
    return found


def insiders_between(
    session: Session, instrument_id: int, span: TimeSpan, *, but: tuple[int, ...]
) -> tuple[TimeSpan, ...]:
    """What the provider's own people hold or have used of a span, whole bookings."""
    asked = {
        "instrument": instrument_id,
        **bounds(span),
        "but": but or _NONE,
    }
    return tuple(TimeSpan(start, end) for start, end in session.execute(_INSIDERS, asked))


def books_still(
    person: sa.ColumnElement[int], organisation: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    """Whether a person may still book for an organisation, as a condition on the row of both."""
    return (
        sa.exists()
        .where(
            col(Membership.user_id) == person,
            col(Membership.organisation_id) == organisation,
            col(Membership.role).in_(_BOOKERS),
            col(User.id) == person,
            col(User.active),
        )
        .correlate_except(Membership, User)
    )


def person_to_book_for(session: Session, person: int | str) -> tuple[int, tuple[int, ...]]:
    """A person by id or e-mail, and the organisations for which that person may book."""
    named = col(User.id) == person if isinstance(person, int) else col(User.email) == person
    statement = (
        sa.select(col(User.id), col(Membership.organisation_id))
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            named,
            col(User.active),
            col(Membership.role).in_(_BOOKERS),
            col(Membership.organisation_id).is_not(None),
        )
        .order_by(col(Membership.id))
    )
    rows = session.execute(statement).all()
    if not rows:
        raise NotFound(on_behalf_of=person)
    return rows[0][0], _distinct(org for _, org in rows if org is not None)


def _distinct(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ids))
