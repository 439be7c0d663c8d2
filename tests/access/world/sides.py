"""A company's life at a lab: bookings in every state, uses, charges, papers, a credit line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.accounts.actions.delegate import Absence, delegate
from booking.accounts.actions.invite import invite
from booking.accounts.actions.make_token import TokenWish, make_token
from booking.accounts.models import ApiToken, Membership
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close
from booking.instruments.actions.close_series import Series, close_series
from booking.instruments.actions.faults import report_fault
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.unit import UnitKind
from booking.instruments.rules.recurring import Frequency, Repeat
from booking.instruments.states import InstrumentState
from booking.kernel.timespan import TimeSpan
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.organisations.models import Lab, Organisation
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.dispute import dispute, say
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.rules.wish import SeriesWish, Wish
from tests.access.world.belongings import (
    Belongings,
    give_licence,
    lead_to_verified,
    make_belongings,
)
from tests.factories.accounts import make_user
from tests.factories.feedback import grade_use
from tests.factories.instruments import make_instrument
from tests.factories.organisations import LONG_AGO, make_organisation
from tests.factories.reservation_values import between
from tests.factories.settled_uses import bank_says, make_loan, settled_use

PERIODS = tuple(f"2026-{month:02d}" for month in range(2, 11))
FAR, SOON, RUNNING = (
    between("11-25 10:00", "12:00"),
    between("11-23 09:00", "10:00"),
    between("11-23 08:00", "09:00"),
)
AGAIN = between("11-25 16:00", "17:00")
DONE, DISPUTED, ASKED = (
    between("11-20 10:00", "12:00"),
    between("11-21 10:00", "12:00"),
    between("11-26 10:00", "12:00"),
)
# In the week that is asked for, so that its page is looked at.
CLOSED = between("11-27 10:00", "12:00")
TWICE = Repeat(Frequency.WEEKLY, 1, date(2026, 12, 8))
# What is charged, and in which month.
Amount = tuple[str, str]
# On each instrument, so that two companies meet there.
PLACES = 2


@dataclass(frozen=True)
class Workshop:
    """A lab with its manager, two instruments for bookings and one in each state of a card."""

    lab: Lab
    keeper: Actor
    tool: int
    second: int
    asking: int
    cards: Mapping[InstrumentState, int]
    closure: int
    hidden_closure: int
    series: int
    hidden_series: int
    fault: int
    hidden_fault: int
    operator: int
    invitation: int


@dataclass(frozen=True)
class Customer:
    """A company, two of its people, and the numbers of everything it has."""

    company: Organisation
    member: Actor
    admin: Actor
    bookings: Mapping[str, str]
    charges: Sequence[str]
    loan: str
    token: int
    unverified: int
    membership: int
    belongings: Belongings


def make_workshop(
    uow: UnitOfWork, lab: Lab, marks: Mapping[str, str], *, now: datetime
) -> Workshop:
    """The lab's side: two places on each instrument, so that two companies meet there."""
    manager = make_user(
        uow,
        Grant(Role.LAB_MANAGER, lab_id=lab.key),
        name=marks["manager"],
        email=marks["manager_email"],
    )
    tool, second = (make_instrument(uow, lab_id=lab.key, units=PLACES) for _ in range(2))
    asking = make_instrument(uow, lab_id=lab.key, units=PLACES, policy={"approval": "always"})
    cards = {
        state: make_instrument(
            uow,
            lab_id=lab.key,
            state=state,
            name=f"{marks['draft']}{state.value}" if state in _UNSEEN else f"公开{state.value}",
            state_reason=marks["returned"] if state in _UNSEEN else "",
        ).key
        for state in InstrumentState
    }
    closing = Closing(CLOSED, ClosureKind.MAINTENANCE, marks["closing"])
    closures = [
        close(uow, instrument_id, closing, actor=HOUSE, now=CLOSED.start - timedelta(days=30))
        for instrument_id in (tool.key, cards[InstrumentState.DRAFT])
    ]
    series = [
        close_series(uow, one, Series(closing, TWICE), actor=HOUSE, now=now).series.key
        for one in (second.key, cards[InstrumentState.SUBMITTED])
    ]
    faults = [
        report_fault(uow, one, marks["fault"], actor=HOUSE, now=now).key
        for one in (second.key, cards[InstrumentState.DRAFT])
    ]
    helper = Helper(
        kind=UnitKind.OPERATOR,
        label="实验技术人员",
        instrument_ids=[cards[InstrumentState.RETIRED]],
        person_id=make_user(uow, Grant(Role.OPERATOR, lab_id=lab.key), name=marks["operator"]).key,
    )
    give_licence(uow, lab.organisation_id, marks["licence_file"])
    keeper, offered = actor_by_id(uow.session, manager.key), Grant(Role.OPERATOR, lab_id=lab.key)
    return Workshop(
        lab=lab,
        keeper=keeper,
        tool=tool.key,
        second=second.key,
        asking=asking.key,
        cards=cards,
        closure=closures[0].closure.key,
        hidden_closure=closures[1].closure.key,
        series=series[0],
        hidden_series=series[1],
        fault=faults[0],
        hidden_fault=faults[1],
        operator=keep_helper(uow, lab.key, helper, actor=HOUSE, now=now).key,
        invitation=invite(uow, marks["invited"], offered, actor=keeper, now=now).key,
    )


_UNSEEN = frozenset({InstrumentState.DRAFT, InstrumentState.SUBMITTED, InstrumentState.RETURNED})


def make_customer(
    uow: UnitOfWork, place: Workshop, marks: Mapping[str, str], *, now: datetime
) -> Customer:
    """The company's side, with everything it has at one lab."""
    company = _company(uow, marks)
    names = {"name": marks["person"], "phone": marks["phone"]}
    member = _person(uow, company, Role.COMPANY_MEMBER, email=marks["email"], **names)
    admin = _person(uow, company, Role.COMPANY_ADMIN, email=marks["admin_email"], **names)
    bookings = _bookings(uow, place, member, marks)
    charges = [
        _charge(uow, place, company, member, what=(marks["price"], period)) for period in PERIODS
    ]
    line = uow.session.merge(make_loan(uow, company, number=marks["loan"]))
    line.purpose = marks["loan_purpose"]
    bank_says(uow, (marks["bank_record"], marks["loan"], "2026-02-01", "draw", marks["draw"]))
    wish = TokenWish(name=marks["token"], scopes=[Permission.RESERVATION_READ])
    make_token(uow, member.id, wish, actor_id=None, now=now)
    claim = Claim(
        code="hnte",
        valid_from=date(2026, 1, 1),
        valid_to=date(2028, 12, 31),
        number=marks["qualification"],
        evidence=marks["evidence"],
    )
    unverified = add_qualification(uow, company.key, claim, actor=admin, now=LONG_AGO).key
    return Customer(
        company=company,
        member=member,
        admin=admin,
        bookings=bookings,
        charges=charges,
        loan=marks["loan"],
        token=token_of(uow, member),
        unverified=unverified,
        membership=membership_of(uow, member),
        belongings=make_belongings(uow, company, member, admin, marks, now=now),
    )


def token_of(uow: UnitOfWork, person: Actor) -> int:
    """The number of somebody's newest token."""
    theirs = select(ApiToken).where(ApiToken.user_id == person.id)
    return uow.session.exec(theirs.order_by(col(ApiToken.id).desc()).limit(1)).one().key


def standing_in(uow: UnitOfWork, customer: Customer, *, now: datetime) -> int:
    """The number of a delegation that begins later: nobody may do more by it yet."""
    day = now.date() + timedelta(days=30)
    absence = Absence(
        membership_id=customer.membership,
        email=customer.admin.email,
        first=day,
        last=day,
        reason="年假",
    )
    return delegate(uow, absence, actor=customer.member, now=now).key


def membership_of(uow: UnitOfWork, person: Actor) -> int:
    """The number of somebody's role."""
    return uow.session.exec(select(Membership).where(Membership.user_id == person.id)).one().key


def _company(uow: UnitOfWork, marks: Mapping[str, str]) -> Organisation:
    made = make_organisation(
        uow, name=marks["name"], controller_key=marks["controller"], verified=False
    )
    lead_to_verified(uow, made, marks)
    made.name_en, made.uscc = marks["name_en"], marks["uscc"]
    made.bank_account_name, made.bank_name = marks["account_name"], marks["bank"]
    made.bank_account_no = marks["account_no"]
    return made


def _person(
    uow: UnitOfWork, company: Organisation, role: Role, *, name: str, email: str, phone: str = ""
) -> Actor:
    user = make_user(uow, Grant(role, company.key), name=name, email=email)
    user.phone = phone
    uow.session.flush()
    return actor_by_id(uow.session, user.key)


def _bookings(
    uow: UnitOfWork, place: Workshop, member: Actor, marks: Mapping[str, str]
) -> dict[str, str]:
    """One booking in each state that some route wants, by the name of the state."""

    def booked(span: TimeSpan, instrument: int = place.tool) -> str:
        wish = Wish(instrument_id=instrument, span=span, purpose=marks["purpose"], samples=2)
        return reserve(uow, wish, actor=member, now=span.start - timedelta(days=2)).number

    made = {
        "confirmed": booked(FAR),
        "soon": booked(SOON, place.second),
        "running": booked(RUNNING),
    }
    made |= {"done": booked(DONE), "disputed": booked(DISPUTED)}
    made["requested"] = booked(ASKED, place.asking)
    again = Wish(instrument_id=place.asking, span=AGAIN, purpose=marks["purpose"])
    twice = SeriesWish(again, "FREQ=DAILY;COUNT=2")
    asked_at = AGAIN.start - timedelta(days=2)
    made["series"] = reserve_series(uow, twice, actor=member, now=asked_at).series.number
    for name, span in (("done", DONE), ("disputed", DISPUTED)):
        check_in(uow, made[name], actor=place.keeper, now=span.start)
        record = UseRecord(test_minutes=90, samples=2, note=marks["note"])
        check_out(uow, made[name], record, actor=place.keeper, now=span.end)
    check_in(uow, made["running"], actor=place.keeper, now=RUNNING.start)
    told = {"actor": member, "now": DISPUTED.end, "reason": marks["dispute"]}
    dispute(uow, made["disputed"], **told)  # type: ignore[arg-type]  # named above
    say(uow, made["disputed"], marks["dispute_answer"], actor=place.keeper, now=DISPUTED.end)
    grade_use(uow, made["disputed"], marks["feedback"], actor=member, now=DISPUTED.end)
    return made


def _charge(
    uow: UnitOfWork,
    place: Workshop,
    customer: Organisation,
    holder: Actor,
    *,
    what: tuple[str, str],
) -> str:
    amount, period = what
    tool = uow.session.get_one(Instrument, place.tool)
    made = settled_use(uow, customer, amount, instrument=tool, ended=f"{period}-09T16:00")
    booking = uow.session.get_one(Reservation, made.reservation_id)
    booking.holder_id = booking.created_by = holder.id
    return made.number
