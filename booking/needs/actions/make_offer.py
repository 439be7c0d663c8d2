"""A lab answers a published need."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.needs.errors import NeedIllegalStep, NoLab, NotSensible, OfferStands
from booking.needs.events import OfferMade
from booking.needs.models import NeedOffer
from booking.needs.queries.needs import need_for_update, need_on_board
from booking.needs.queries.offers import instruments_of
from booking.needs.rules.ranking import offer_violations
from booking.needs.rules.telling import Offering
from booking.needs.states import NeedState, NeedStep


def make_offer(
    uow: UnitOfWork, need_id: int, offering: Offering, *, actor: Actor, now: datetime
) -> NeedOffer:
    """OfferStands when the lab has one that is not decided."""
    need_on_board(uow.session, need_id, actor)
    lab_id = _lab_of(actor, offering.lab_id)
    need = need_for_update(uow.session, need_id)
    if need.state is not NeedState.PUBLISHED:
        raise NeedIllegalStep(state=need.state, step=NeedStep.MATCH)
    if broken := tuple(offer_violations(offering.until, today=local(now).date())):
        raise NotSensible(broken)
    if offering.instrument_id is not None and offering.instrument_id not in {
        one.id for one in instruments_of(uow.session, [lab_id])
    }:
        raise NotFound(instrument_id=offering.instrument_id)
    row = NeedOffer(
        need_id=need_id,
        lab_id=lab_id,
        instrument_id=offering.instrument_id,
        words=offering.words,
        price_fen=offering.price_fen,
        until=offering.until,
        created_by=actor.known_id,
        created_at=now,
    )
    if not (made := insert_unless_exists(uow.session, NeedOffer, [row.model_dump(exclude={"id"})])):
        raise OfferStands
    offer = uow.session.get_one(NeedOffer, made[0])
    uow.announce(
        OfferMade(
            at=now,
            actor_id=actor.known_id,
            subject=f"need:{need_id}",
            changes={"offer": (None, offer.state.value)},
            need_id=need_id,
            offer_id=offer.key,
            lab_id=lab_id,
        )
    )
    return offer


def _lab_of(actor: Actor, wanted: int | None) -> int:
    theirs = actor.reach(Permission.INSTRUMENT_MANAGE).lab_ids
    if wanted is not None:
        if wanted not in theirs:
            raise NoLab
        return wanted
    if len(theirs) != 1:
        raise NoLab
    return next(iter(theirs))
