"""Who is told of faults: the lab's managers, and whoever has booked the time out of service."""

from booking.accounts.queries.people import keepers_of
from booking.db.transactions import UnitOfWork
from booking.instruments.events import (
    AffectedToldAgain,
    FaultRepaired,
    FaultReported,
    InstrumentBroken,
    RepairPutOff,
)
from booking.instruments.queries.cards import card_summary
from booking.kernel.errors import Alternative
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import in_lab
from booking.reservations.queries.affected import affected_by, proposals
from booking.web.json import rfc3339
from booking.web.telling import kept_span


def tell_of_report(uow: UnitOfWork, event: FaultReported) -> None:
    """To whoever keeps the instrument."""
    card = card_summary(uow.session, event.instrument_id)
    told = {"instrument": card.name, "instrument_id": event.instrument_id, "what": event.cause}
    for reader in keepers_of(uow.session, card.lab_id):
        words = {**told, "name": reader.name}
        standing = in_lab(card.lab_id)
        letter = addressed(reader, "fault_reported", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def tell_affected(
    uow: UnitOfWork, event: InstrumentBroken | RepairPutOff | AffectedToldAgain
) -> None:
    """Each holder of a booking in the time out of service: until when, and what is free instead."""
    name = card_summary(uow.session, event.instrument_id).name
    hit = affected_by(uow.session, event.instrument_id, event.span)
    instead = proposals(uow.session, event.instrument_id, hit, now=event.at)
    for one in hit:
        told = {
            "name": one.holder.name,
            "number": one.number,
            "instrument": name,
            "starts_at": one.span.start.isoformat(),
            "ends_at": one.span.end.isoformat(),
            "expected_at": event.span.end.isoformat(),
            "instead": [
                _offered(free, one.number, event.instrument_id)
                for free in instead.get(one.number, ())
            ],
        }
        write_letter(uow, addressed(one.holder, "fault_closed", told), now=event.at)


def tell_of_repair(uow: UnitOfWork, event: FaultRepaired) -> None:
    """Each holder whose booking was in the time that is free again, and has not begun."""
    if event.freed is None:
        return
    name = card_summary(uow.session, event.instrument_id).name
    for one in affected_by(uow.session, event.instrument_id, event.freed):
        if one.span.start <= event.at:
            continue
        told = {
            "name": one.holder.name,
            "number": one.number,
            "instrument": name,
            "starts_at": one.span.start.isoformat(),
            "ends_at": one.span.end.isoformat(),
        }
        write_letter(uow, addressed(one.holder, "fault_repaired", told), now=event.at)


def _offered(free: Alternative, number: str, instrument_id: int) -> dict[str, object]:
    """Free time and the page that takes it: moving the booking, or booking another instrument."""
    here = free.instrument_id == instrument_id
    page = f"/reservations/{number}/move" if here else f"/instruments/{free.instrument_id}/booking"
    start, end = (
        rfc3339(moment).replace("+", "%2B") for moment in (free.span.start, free.span.end)
    )
    return {
        "time": kept_span(free.span),
        "path": f"{page}?start={start}&end={end}",
        "here": here,
    }
