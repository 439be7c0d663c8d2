"""Who is told of offers, of needs that their instruments fit, of instruments that they look for."""

from collections.abc import Sequence

from booking.accounts.queries.people import Reader, keepers_of, reader_of
from booking.db.transactions import UnitOfWork
from booking.needs.events import (
    NeedsFitLab,
    NewCardsFit,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
)
from booking.needs.queries.needs import need_row, needs_by_id
from booking.needs.queries.offers import offer_row
from booking.needs.queries.searches import names_of_cards, searches_by_id
from booking.needs.rules.saving import MOST_NAMED, letter_key
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import ONESELF, in_lab
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
    to_asker = isinstance(event, OfferMade)
    readers: Sequence[Reader] = [asker] if to_asker else keepers_of(uow.session, event.lab_id)
    standing = ONESELF if to_asker else in_lab(event.lab_id)
    for reader in readers:
        words = {**told, "name": reader.name}
        letter = addressed(reader, "need_offer", words, standing=standing)
        write_letter(uow, letter, now=event.at)


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
        standing = in_lab(event.lab_id)
        letter = addressed(reader, "needs_digest", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def tell_of_new_cards(uow: UnitOfWork, event: NewCardsFit) -> None:
    """All that their searches newly found in one letter; the first of each by name."""
    reader = reader_of(uow.session, event.person_id)
    found = dict(event.found)
    named = sorted({one for cards in found.values() for one in cards[:MOST_NAMED]})
    names = names_of_cards(uow.session, named)
    at = 1 if reader.locale == "en" else 0
    searches = [
        [
            one.name,
            letter_key(one.id, one.created_at),
            [[card, names[card][at] or names[card][0]] for card in found[one.id][:MOST_NAMED]],
            max(len(found[one.id]) - MOST_NAMED, 0),
        ]
        for one in searches_by_id(uow.session, list(found))
    ]
    words = {"name": reader.name, "searches": searches, "number": len(set().union(*found.values()))}
    write_letter(uow, addressed(reader, "new_cards", words), now=event.at)
