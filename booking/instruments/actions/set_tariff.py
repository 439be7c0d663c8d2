"""Give an instrument a price list from a day on; a price that was used never changes."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.actions.keeping import fact, kept_instrument, terms_changed
from booking.instruments.errors import TariffContradicts, VersionBegun, VersionExists
from booking.instruments.events import TariffChanged, TariffWithdrawn
from booking.instruments.models.tariff import Tariff
from booking.instruments.queries.settings import in_force, listed_of, standing_tariff, tariffs
from booking.instruments.rules.price_list import Listed, contradictions, tariff_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList(Listed):
    """A version as it is entered, and from when on it holds."""

    valid_from: datetime


def set_tariff(
    uow: UnitOfWork, instrument_id: int, prices: PriceList, *, actor: Actor, now: datetime
) -> Tariff:
    """Write a version; there is one for each start.

    What holds already when it is to hold at once is not written again: that version is answered.
    """
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    if prices.valid_from == now and (held := _same(uow.session, instrument_id, prices, now=now)):
        return held
    told = {
        "basis": prices.basis,
        "round_up_minutes": prices.round_up_minutes,
        "vat_rate": prices.vat_rate,
        "vat_included": prices.vat_included,
        "peak": [dict(band) for band in prices.peak],
        "classes": {name: dict(listed) for name, listed in prices.classes.items()},
    }
    row = Tariff.model_validate(
        {
            **told,
            "instrument_id": instrument_id,
            "valid_from": prices.valid_from,
            "created_by": actor.known_id,
            "created_at": now,
        }
    )
    if wrong := tuple(contradictions(tariff_terms(prices))):
        raise TariffContradicts(wrong)
    if not (made := insert_unless_exists(uow.session, Tariff, [row.model_dump(exclude={"id"})])):
        raise VersionExists(valid_from=prices.valid_from)
    terms_changed(instrument, now)
    uow.session.flush()
    index_cards(uow, [instrument_id])
    about = fact(instrument_id, actor=actor, now=now)
    changes = {"tariff_valid_from": (None, prices.valid_from)}
    uow.announce(
        TariffChanged(**about, changes=changes, tariff_id=made[0], valid_from=prices.valid_from)
    )
    return uow.session.get_one(Tariff, made[0])


def _same(
    session: Session, instrument_id: int, prices: PriceList, *, now: datetime
) -> Tariff | None:
    """The version in force, where it says the same."""
    held = in_force(tariffs(session, instrument_id), now)
    if not isinstance(held, Tariff):
        return None
    return held if tariff_terms(listed_of(held)) == tariff_terms(prices) else None


def withdraw_tariff(
    uow: UnitOfWork, instrument_id: int, valid_from: datetime, *, actor: Actor, now: datetime
) -> Tariff:
    """Take the version of that start back before it begins.

    Whoever booked under it meanwhile keeps its prices, and another may begin then instead.
    """
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    row = standing_tariff(uow.session, instrument_id, valid_from)
    if valid_from <= now:
        raise VersionBegun(valid_from=valid_from)
    row.withdrawn_at = now
    terms_changed(instrument, now)
    uow.session.flush()
    index_cards(uow, [instrument_id])
    about = fact(instrument_id, actor=actor, now=now)
    changes = {"tariff_valid_from": (valid_from, None)}
    uow.announce(
        TariffWithdrawn(**about, changes=changes, tariff_id=row.key, valid_from=valid_from)
    )
    return row
