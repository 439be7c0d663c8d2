"""The world: our company at our lab, a guest there, another company at another lab.

A route that names a new kind of record needs one line in `_records`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.manage_synonyms import add_pair
from booking.instruments.rules.lexicon import Relation
from booking.instruments.states import InstrumentState
from booking.notifications.actions.manage_webhooks import WebhookWish, add_webhook
from booking.notifications.rules import HookFact
from booking.organisations.states import OrganisationKind
from tests.access.world.accounts import account_records
from tests.access.world.applications import application_records
from tests.access.world.banks import bank_records
from tests.access.world.belongings import apply_for_account
from tests.access.world.credit import credit_records
from tests.access.world.hung import hung_records
from tests.access.world.invoices import invoice_records
from tests.access.world.marks import applicant_marks, company_marks, lab_marks, stranger_marks
from tests.access.world.money import money_records
from tests.access.world.needs import need_records
from tests.access.world.orders import order_records
from tests.access.world.people import PROVIDER_ADMIN, People, make_people
from tests.access.world.records import NOBODY, Record, constant
from tests.access.world.settled import (
    SIDES,
    STEPS,
    Marks,
    each,
    make_statements,
    statement_records,
)
from tests.access.world.sheets import sent_sheets
from tests.access.world.sides import (
    Customer,
    Workshop,
    make_customer,
    make_workshop,
    membership_of,
    standing_in,
)
from tests.access.world.trainings import training_records
from tests.access.world.using import using_records
from tests.access.world.waiting import waiting_records
from tests.factories.accounts import SEAL
from tests.factories.instruments import enter_year
from tests.factories.organisations import make_lab, make_organisation

PAIR = ("扫描电镜", "SEM", Relation.SAME)
LABS = ("our lab", "their lab")


@dataclass(frozen=True)
class World:
    """Who asks, what can be named, and the words that only one field holds."""

    people: People
    records: Mapping[str, Record]
    marks: Marks
    customers: Mapping[str, Customer]
    workshops: Mapping[str, Workshop]
    statements: Mapping[str, Mapping[str, str]]


def make_world(uow: UnitOfWork, *, now: datetime) -> World:
    """Everything, made by the deeds that people do."""
    enter_year(uow, 2026)
    marks = {side: company_marks(side, digit) for digit, side in enumerate(SIDES, start=1)}
    marks |= {side: lab_marks(side) for side in LABS}
    marks |= {"applicant": applicant_marks(), "stranger": stranger_marks()}
    marks["centre"] = {"credit_note": "秘则中心说明"}
    apply_for_account(uow, marks["applicant"], now=now)
    workshops = {side: _workshop(uow, marks[side], now=now) for side in LABS}
    customers = {
        side: make_customer(
            uow,
            workshops["their lab" if side == "theirs" else "our lab"],
            marks[side],
            now=now,
        )
        for side in SIDES
    }
    ours, our_lab = customers["ours"], workshops["our lab"]
    known = {
        Role.COMPANY_MEMBER: ours.member,
        Role.COMPANY_ADMIN: ours.admin,
        Role.LAB_MANAGER: our_lab.keeper,
    }
    people = make_people(uow, known, lab=our_lab.lab, now=now)
    statements = make_statements(uow, customers, marks)
    world = World(people, {}, marks, customers, workshops, statements)
    return World(**{**vars(world), "records": dict(_records(uow, world, now))})


def _workshop(uow: UnitOfWork, marks: Mapping[str, str], *, now: datetime) -> Workshop:
    provider = make_organisation(uow, kind=OrganisationKind.UNIVERSITY)
    return make_workshop(uow, make_lab(uow, organisation_id=provider.key), marks, now=now)


def _records(uow: UnitOfWork, world: World, now: datetime) -> Iterator[tuple[str, Record]]:
    """What each parameter of an address may be."""
    ours, guest, theirs = (world.customers[side] for side in SIDES)
    our_lab, their_lab = (world.workshops[side] for side in LABS)
    yield from _organisations(uow, world, now)
    workshops = (our_lab, their_lab)
    yield from account_records(
        uow, world.people.actors, world.customers, workshops, world.marks, now=now
    )
    yield from _instruments(our_lab, their_lab)
    yield from hung_records(uow, our_lab, their_lab, now)
    yield "imports/{import_id}", sent_sheets(uow, world.people.actors, their_lab, now=now)
    sides = {"ours": (ours, our_lab), "guest": (guest, our_lab), "theirs": (theirs, their_lab)}
    yield from chain(
        using_records(uow, sides, now=now),
        waiting_records(uow, sides, world.marks, now=now),
        training_records(uow, sides, world.marks, now=now),
        credit_records(uow, sides, world.marks, now=now),
        invoice_records(uow, sides, world.marks, now=now),
    )
    yield from _wishes(uow, world, sides, now)
    yield from money_records(uow, sides, world.marks, now=now)
    yield from application_records(uow, world.customers, world.marks, now=now)
    yield from _bookings(ours, guest, theirs)
    yield from statement_records(uow, world.statements)
    yield "charges/{number}", each(ours.charges[0], theirs.charges[0], guest.charges[0])
    yield from bank_records(uow, world.customers, now=now)
    yield "loans/{number}", each(ours.loan, theirs.loan, guest.loan)

    yield from _programmes()
    yield "settlements/{period}", Record(STEPS["draft"], absent="2019-01")
    yield "calendar/{year}", Record(2026, absent=2031)
    yield "words/{pair_id}", Record(add_pair(uow, PAIR, actor=HOUSE, now=now))
    yield "jobs/{job_id}", Record("expire_requests", absent="none")
    yield from _constants()


def _programmes() -> Iterator[tuple[str, Record]]:
    yield "{version}", constant(1)
    steps = {"": "P", "/activation": "DRAFT", "/discarding": "DRAFT", "/return": "PROPOSED"}
    steps = {**steps, "/ending": "ENDING", "/ending/refusal": "ENDING"}
    for step, code in {**steps, "/withdrawal": "LATER"}.items():
        yield f"programmes/{{code}}{step}", Record(code, absent="NONE")


def _constants() -> Iterator[tuple[str, Record]]:
    """Parts of an address that are nobody's."""
    yield "{kind}", constant("csv")
    yield "{day}", constant("2026-12-02")


def _wishes(
    uow: UnitOfWork,
    world: World,
    sides: Mapping[str, tuple[Customer, Workshop]],
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """What companies need, and what they entrust labs with."""
    workshops = [world.workshops[side] for side in LABS]
    yield from order_records(uow, sides, world.marks, now=now)
    yield from need_records(uow, world.customers, workshops, world.marks, now=now)


def _organisations(uow: UnitOfWork, world: World, now: datetime) -> Iterator[tuple[str, Record]]:
    """Organisations with their labs and people."""
    ours, guest, theirs = (world.customers[side] for side in SIDES)
    our_lab, their_lab = (world.workshops[side] for side in LABS)
    people, at_lab = world.people.actors, (Role.LAB_MANAGER, Role.OPERATOR)

    provider = our_lab.lab.organisation_id
    known = Record(
        ours.company.key,
        other=theirs.company.key,
        guest=guest.company.key,
        mine=dict.fromkeys((*at_lab, PROVIDER_ADMIN), provider),
    )
    yield "organisations/{organisation_id}", known
    for kept in ("members", "licence"):
        of_provider = replace(known, hidden=their_lab.lab.organisation_id)
        yield f"organisations/{{organisation_id}}/{kept}", of_provider
    yield (
        "organisations/{organisation_id}/labs",
        # Absent is another number than the company's: one body names both.
        Record(provider, other=their_lab.lab.organisation_id, absent=NOBODY - 3),
    )
    yield "labs/{lab_id}", Record(our_lab.lab.key, other=their_lab.lab.key)
    yield (
        "qualifications/{qualification_id}",
        Record(ours.unverified, other=theirs.unverified, guest=guest.unverified),
    )
    papers = {side: one.belongings.papers for side, one in world.customers.items()}
    yield (
        "qualifications/{qualification_id}/evidence",
        Record(papers["ours"], other=papers["theirs"], guest=papers["guest"]),
    )
    yield (
        "memberships/{membership_id}",
        Record(
            ours.membership,
            other=theirs.membership,
            guest=guest.membership,
            mine=dict.fromkeys(
                (*at_lab, PROVIDER_ADMIN), membership_of(uow, people[Role.OPERATOR])
            ),
        ),
    )
    yield (
        "members/{user_id}",
        Record(
            ours.member.id,
            other=theirs.member.id,
            guest=guest.member.id,
            # Another than the organisation's: the address names both.
            absent=NOBODY - 1,
            mine=dict.fromkeys((*at_lab, PROVIDER_ADMIN), people[Role.OPERATOR].id),
        ),
    )
    yield (
        "people/{user_id}/guise",
        Record(ours.member.id, other=theirs.member.id, guest=guest.member.id),
    )
    lent = [standing_in(uow, one, now=now) for one in (ours, theirs, guest)]
    yield "delegations/{delegation_id}", Record(lent[0], other=lent[1], guest=lent[2])
    yield "webhooks/{webhook_id}", _webhooks(uow, (ours.company.key, theirs.company.key), now)


def _webhooks(uow: UnitOfWork, places: tuple[int, int], now: datetime) -> Record:
    own, other = (
        add_webhook(
            uow,
            WebhookWish(
                organisation_id=place, url="https://lims.invalid/", facts=[HookFact.STATEMENT_PAID]
            ),
            seal=SEAL,
            actor=HOUSE,
            now=now,
        ).webhook_id
        for place in places
    )
    return Record(own, other=other)


def _instruments(our: Workshop, their: Workshop) -> Iterator[tuple[str, Record]]:
    def card(state: InstrumentState) -> Record:
        unseen = their.cards[state if state in _UNSEEN else InstrumentState.DRAFT]
        return Record(our.cards[state], other=their.tool, hidden=unseen)

    draft, submitted = card(InstrumentState.DRAFT), card(InstrumentState.SUBMITTED)
    published, suspended = card(InstrumentState.PUBLISHED), card(InstrumentState.SUSPENDED)
    unseen = their.cards[InstrumentState.DRAFT]
    yield "instruments/{instrument_id}", Record(our.tool, other=their.tool, hidden=unseen)
    yield "here/{instrument_id}", Record(our.tool, other=their.tool, hidden=unseen)
    # In a body whose address names a lab: another number stands for none.
    yield "offered/{instrument_id}", Record(our.tool, other=their.tool, absent=NOBODY - 2)
    yield "instruments/{instrument_id}/submission", draft
    yield "instruments/{instrument_id}/steps", draft
    yield "instruments/{instrument_id}/publication", submitted
    yield "instruments/{instrument_id}/return", submitted
    yield "instruments/{instrument_id}/suspension", published
    yield "instruments/{instrument_id}/resumption", suspended
    yield "instruments/{instrument_id}/retirement", published
    yield (
        "closures/{closure_id}",
        Record(our.closure, other=their.closure, hidden=their.hidden_closure),
    )
    yield (
        "closure-series/{series_id}",
        Record(our.series, other=their.series, hidden=their.hidden_series),
    )
    yield "faults/{fault_id}", Record(our.fault, other=their.fault, hidden=their.hidden_fault)
    yield "operators/{unit_id}", Record(our.operator, other=their.operator)


_UNSEEN = frozenset({InstrumentState.DRAFT, InstrumentState.SUBMITTED, InstrumentState.RETURNED})


def _bookings(ours: Customer, guest: Customer, theirs: Customer) -> Iterator[tuple[str, Record]]:
    def booking(state: str) -> Record:
        return each(ours.bookings[state], theirs.bookings[state], guest.bookings[state])

    yield "reservations/{number}", booking("confirmed")
    for step in ("approval", "rejection"):
        yield f"reservations/{{number}}/{step}", booking("requested")
    yield "reservations/{number}/check-in", booking("soon")
    yield "reservations/{number}/check-out", booking("running")
    for step in ("confirmation", "dispute"):
        yield f"reservations/{{number}}/{step}", booking("done")
    for step in ("resolution", "messages", "centre"):
        yield f"reservations/{{number}}/{step}", booking("disputed")
    yield "reservations/{number}/feedback", booking("disputed")
    yield "reservation-series/{number}", booking("series")
