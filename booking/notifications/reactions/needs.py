"""Who is told of offers, and which labs of needs that their instruments fit."""

from collections.abc import Sequence

from booking.accounts.queries.people import Reader, keepers_of, reader_of
from booking.db.transactions import UnitOfWork
from booking.needs.events import NeedsFitLab, OfferAccepted, OfferDeclined, OfferMade
from booking.needs.queries.needs import need_row, needs_by_id
from booking.needs.queries.offers import offer_row
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.organisations.queries import lab_summary


def tell_of_offer(uow: UnitOfWork, event: OfferMade | OfferAccepted | OfferDeclined) -> None:
    """What came, to whoever told the need; what became of it, to the lab. Only the lab whose offer
    was accepted is told whose need it is."""
    need = need_row(uow.session, event.need_id)
    offer = offer_row(uow.session, event.offer_id)
    asker = reader_of(uow.session, need.created_by)
    told: dict[str, object] = {
        "step": event.name,
        "need_id": need.id,
        "what": need.what,
        "lab": offer.lab,
    }
    if isinstance(event, OfferAccepted):
        told |= {"company": need.company, "contact": asker.name, "email": asker.email}
    readers: Sequence[Reader] = (
        [asker] if isinstance(event, OfferMade) else keepers_of(uow.session, event.lab_id)
    )
    for reader in readers:
        words = {**told, "name": reader.name}
        write_letter(uow, addressed(reader, "need_offer", words), now=event.at)


def tell_of_needs(uow: UnitOfWork, event: NeedsFitLab) -> None:
    """All new ones in one letter, to whoever keeps the lab."""
    needs = needs_by_id(uow.session, event.need_ids)
    lab = lab_summary(uow.session, event.lab_id)
    told = {
        "lab": lab.name,
        "needs": [[one.id, one.what, one.by_day.isoformat()] for one in needs],
    }
    for reader in keepers_of(uow.session, event.lab_id):
        words = {**told, "name": reader.name}
        write_letter(uow, addressed(reader, "needs_digest", words), now=event.at)
