"""Ask for time: it is ours at once, pending a decision where the policy wants one."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm.attributes import instance_dict
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.ids import reference
from booking.reservations.actions.cite_quote import cited_by
from booking.reservations.actions.funding import hold_price
from booking.reservations.actions.holding import hold
from booking.reservations.actions.life import LONGEST_REASON, fact
from booking.reservations.actions.taking import Ask, Judged, allow, judge_by, may_in_lab
from booking.reservations.errors import OrganisationMissing
from booking.reservations.events import ReservationConfirmed, ReservationRequested
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import Loaded, host_of
from booking.reservations.queries.standing import person_to_book_for
from booking.reservations.queries.units import helpers_of
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.rules.offer import agreed_terms
from booking.reservations.rules.quoting import snapshot_of
from booking.reservations.rules.wish import ALONE, PartOf, Wish
from booking.reservations.states import State

_RESERVATION: Final[sa.Table] = Reservation.__table__  # type: ignore[attr-defined]  # by SQLModel
INSERT: Final = sa.insert(_RESERVATION).returning(_RESERVATION.c.id, _RESERVATION.c.number)
# What a booking is before anything happened to it.
UNTOUCHED: Final[Mapping[str, Any]] = {
    "version": 1,
    "fee_fen": 0,
    "state_reason": "",
    "late": False,
    "stays_late": False,
}


def reserve(
    uow: UnitOfWork,
    wish: Wish,
    *,
    actor: Actor,
    now: datetime,
    part_of: PartOf = ALONE,
    rather_on: tuple[int, ...] = (),
) -> Reservation:
    """Judge the wish, take the time, write down what was agreed, and tell.

    Of several places one of those `rather_on` is taken first.
    """
    holder_id, organisation_id = booker_of(uow.session, wish, actor)
    session = uow.session
    terms = booking_terms(session, wish.instrument_id, wish.span, around=LOOK_AHEAD, now=now)
    must_be_known(terms, actor)
    helpers = helpers_of(session, wish.instrument_id, wish.helper_ids)
    ask = ask_of(wish, holder_id, organisation_id, operators=helpers.operators)
    cited = cited_by(session, wish, organisation_id, now=now)
    ask = replace(ask, cited=cited, accessories=helpers.accessories)
    judged = judge_by(session, ask, terms, now=now, lock=True)
    must_book_for(actor, judged)
    set_aside = allow(session, judged, actor=actor)
    number = reference("R", now)
    first = next((unit for unit in rather_on if unit in terms.unit_ids), None)
    unit_id = hold(uow, judged, number, first=first, accessories=helpers.accessories)
    agreed = agreed_columns(wish, judged, actor=actor, now=now)
    placed = {"number": number, "unit_id": unit_id, **asdict(part_of)}
    row = {**placed, **agreed}
    reservation = made_of(row, session.execute(INSERT, {**UNTOUCHED, **row}).scalar_one())
    hold_price(uow, judged, reservation, now=now)
    uow.announce(told_of(reservation, judged, set_aside, voucher=wish.voucher))
    return reservation


def booker_of(session: Session, wish: Wish, actor: Actor) -> tuple[int, int]:
    """Who will use the time, and for which organisation."""
    if wish.on_behalf_of in {None, actor.id, actor.email}:
        holder_id, organisations = actor.id, may_book_for(actor)
    else:
        holder_id, organisations = _other_booker(session, wish, actor)
    if wish.organisation_id is not None:
        if wish.organisation_id not in organisations:
            raise Forbidden(organisation_id=wish.organisation_id)
        return holder_id, wish.organisation_id
    if not organisations:
        raise OrganisationMissing
    return holder_id, organisations[0]


def _other_booker(session: Session, wish: Wish, actor: Actor) -> tuple[int, tuple[int, ...]]:
    """Somebody to book for: anybody for the lab, one's own people for who manages a company.

    Whoever may book for nobody is refused before it is looked up who has an account.
    """
    permission = Permission.RESERVATION_OVERRIDE
    lab_id, provider_id = host_of(session, wish.instrument_id, actor)
    by_lab = actor.may_for(permission, organisation_id=provider_id, lab_id=lab_id)
    managed = actor.reach(Permission.ORGANISATION_MANAGE)
    if not (by_lab or managed.everywhere or managed.organisation_ids):
        raise Forbidden(permission=permission.value)
    holder_id, organisations = person_to_book_for(session, wish.on_behalf_of or "")
    if not by_lab and not managed.everywhere:
        organisations = tuple(key for key in organisations if key in managed.organisation_ids)
    if not organisations:
        raise NotFound(on_behalf_of=wish.on_behalf_of)
    return holder_id, organisations


def may_book_for(actor: Actor) -> tuple[int, ...]:
    """The organisations whose roles let this person book, in the order they were given.

    None for a token without that scope.
    """
    return actor.organisations_giving(Permission.RESERVATION_CREATE)


def ask_of(wish: Wish, holder_id: int, organisation_id: int, *, operators: tuple[int, ...]) -> Ask:
    """What a wish asks of the instrument for those it is meant for."""
    return Ask(
        instrument_id=wish.instrument_id,
        span=wish.span,
        mode=None if wish.mode is None else wish.mode.value,
        organisation_id=organisation_id,
        holder_id=holder_id,
        reason=wish.override_reason,
        operators=operators,
        samples=wish.samples,
        consumables=wish.consumables,
    )


def must_book_for(actor: Actor, judged: Judged) -> None:
    """For others book the lab and whoever manages the company; rules yield to the lab only."""
    permission = Permission.RESERVATION_OVERRIDE
    by_lab = may_in_lab(actor, judged.terms, permission)
    organisation_id = judged.ask.organisation_id
    for_others = by_lab or actor.may_for(
        Permission.ORGANISATION_MANAGE, organisation_id=organisation_id
    )
    for_another = judged.ask.holder_id != actor.id
    if (for_another and not for_others) or (judged.ask.reason.strip() and not by_lab):
        raise Forbidden(permission=permission.value)


def agreed_columns(wish: Wish, judged: Judged, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Every column of the booking but its number and place."""
    ask, span = judged.ask, judged.ask.span
    waits = judged.must_be_approved(actor)
    return {
        "instrument_id": ask.instrument_id,
        "organisation_id": ask.organisation_id,
        "holder_id": ask.holder_id,
        "mode": ServiceMode(judged.demand.mode),
        "purpose": wish.purpose,
        "samples": wish.samples,
        "consumables": dict(wish.consumables),
        "starts_at": span.start,
        "ends_at": span.end,
        "state": State.REQUESTED if waits else State.CONFIRMED,
        "external": ask.organisation_id != judged.terms.organisation_id,
        "override_reason": ask.reason.strip()[:LONGEST_REASON],
        "created_by": actor.id,
        "created_at": now,
        "updated_at": now,
        **price_columns(judged, wish.samples, wish.consumables),
        **moment_columns(judged, waits=waits, now=now),
    }


def price_columns(judged: Judged, samples: int, consumables: Mapping[str, int]) -> dict[str, Any]:
    """What the booking costs, kept as it is now."""
    tariff_id, quote = judged.quote(samples, consumables)
    cited = judged.ask.cited
    return {
        "customer_class": quote.customer_class,
        "tariff_id": tariff_id,
        "quote": snapshot_of(quote) | ({"number": cited.number} if cited else {}),
        "quoted_fen": quote.total_fen,
        "policy_id": judged.terms.policy.policy_id,
    }


def moment_columns(judged: Judged, *, waits: bool, now: datetime) -> dict[str, Any]:
    """When the request lapses, the grace ends and cancelling starts to cost."""
    span, agreed = judged.ask.span, agreed_terms(judged.terms.policy)
    return {
        "decide_by": agreed.decide_by(span, asked_at=now) if waits else None,
        "missed_from": agreed.missed_from(span),
        "free_cancel_until": agreed.free_cancel_until(span),
    }


def made_of(row: Mapping[str, Any], reservation_id: int) -> Reservation:
    """A booking that was inserted without the detour over the session: nothing is read back.

    SQLModel's own constructor would take as long as the insert.
    """
    made: Reservation = sa.inspect(Reservation).class_manager.new_instance()
    instance_dict(made).update({**UNTOUCHED, **row}, id=reservation_id)
    return made


def told_of(
    made: Reservation, judged: Judged, set_aside: tuple[str, ...], *, voucher: str = ""
) -> ReservationRequested | ReservationConfirmed:
    """The fact that somebody booked."""
    booked = Loaded(made, judged.terms.lab_id, judged.terms.organisation_id)
    changes: dict[str, tuple[object, object]] = {"state": (None, made.state.value)}
    if set_aside:
        changes["set_aside"] = (None, list(set_aside))
    told = fact(
        booked,
        now=made.created_at,
        actor_id=made.created_by,
        cause=made.override_reason,
        changes=changes,
        on_behalf_of="" if made.holder_id == made.created_by else f"user:{made.holder_id}",
    )
    waits = made.state is State.REQUESTED
    fact_of = ReservationRequested if waits else ReservationConfirmed
    return fact_of(**told, voucher=voucher)
