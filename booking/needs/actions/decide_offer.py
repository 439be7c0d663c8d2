"""Accept an offer; the others are declined with it."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.needs.errors import NeedIllegalStep, OfferIllegalStep, OfferOver
from booking.needs.events import (
    NeedMatched,
    OfferAccepted,
    OfferDeclined,
    OfferEvent,
    OfferWithdrawn,
)
from booking.needs.models import Need, NeedOffer
from booking.needs.queries.needs import need_for_update, need_seen_by
from booking.needs.queries.offers import offer_named, standing_offers
from booking.needs.states import NeedStep, OfferStep, after, offer_after

_FACTS: dict[OfferStep, type[OfferEvent]] = {
    OfferStep.ACCEPT: OfferAccepted,
    OfferStep.DECLINE: OfferDeclined,
    OfferStep.WITHDRAW: OfferWithdrawn,
}


def accept_offer(
    uow: UnitOfWork, need_id: int, offer_id: int, *, actor: Actor, now: datetime
) -> Need:
    """From then on the lab knows whose need it is."""
    need_seen_by(uow.session, need_id, actor)
    need = need_for_update(uow.session, need_id)
    actor.must(Permission.RESERVATION_CREATE, organisation_id=need.organisation_id)
    offer = offer_named(uow.session, offer_id)
    if offer.need_id != need_id:
        raise NotFound(offer_id=offer_id)
    reached = after(need.state, NeedStep.MATCH)
    if reached is None:
        raise NeedIllegalStep(state=need.state, step=NeedStep.MATCH)
    if offer.until < local(now).date():
        raise OfferOver(until=offer.until)
    move_offer(uow, offer, OfferStep.ACCEPT, actor_id=actor.known_id, now=now)
    before, need.state = need.state, reached
    uow.session.flush()
    uow.announce(
        NeedMatched(
            at=now,
            actor_id=actor.known_id,
            subject=f"need:{need_id}",
            changes={"state": (before.value, reached.value)},
            need_id=need_id,
        )
    )
    decline_standing(uow, need, actor_id=actor.known_id, now=now)
    return need


def withdraw_offer(uow: UnitOfWork, offer_id: int, *, actor: Actor, now: datetime) -> NeedOffer:
    """By the lab, while it is not decided."""
    offer = offer_named(uow.session, offer_id)
    if not actor.may_for(Permission.INSTRUMENT_MANAGE, lab_id=offer.lab_id):
        raise NotFound(offer_id=offer_id)
    need_for_update(uow.session, offer.need_id)
    uow.session.refresh(offer)
    move_offer(uow, offer, OfferStep.WITHDRAW, actor_id=actor.known_id, now=now)
    return offer


def decline_standing(uow: UnitOfWork, need: Need, *, actor_id: int | None, now: datetime) -> None:
    """Whatever is offered on a need that wants nothing any more."""
    for offer in standing_offers(uow.session, [need.key]):
        move_offer(uow, offer, OfferStep.DECLINE, actor_id=actor_id, now=now)


def move_offer(
    uow: UnitOfWork, offer: NeedOffer, step: OfferStep, *, actor_id: int | None, now: datetime
) -> None:
    """One step in the life of an offer whose need is locked."""
    before = offer.state
    reached = offer_after(before, step)
    if reached is None:
        raise OfferIllegalStep(state=before, step=step)
    offer.state, offer.decided_at = reached, now
    uow.session.flush()
    uow.announce(
        _FACTS[step](
            at=now,
            actor_id=actor_id,
            subject=f"need:{offer.need_id}",
            changes={"offer": (before.value, reached.value)},
            need_id=offer.need_id,
            offer_id=offer.key,
            lab_id=offer.lab_id,
        )
    )
