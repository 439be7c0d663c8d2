"""Give an instrument a price list from a day on; a price that was used never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.access.actor import Actor
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.actions.keeping import fact, kept_instrument, terms_changed
from booking.instruments.errors import TariffContradicts, VersionExists
from booking.instruments.events import TariffChanged
from booking.instruments.models.tariff import Tariff
from booking.instruments.rules.price_list import contradictions, tariff_terms
from booking.instruments.rules.pricing import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """A version as it is entered: `peak` and `classes` in the shapes of `api.md`, yuan as text."""

    valid_from: datetime
    classes: Mapping[str, Mapping[str, object]]
    basis: Basis = Basis.RESERVED
    round_up_minutes: int = 15
    vat_rate: str = "0.06"
    peak: Sequence[Mapping[str, object]] = ()


def set_tariff(
    uow: UnitOfWork, instrument_id: int, prices: PriceList, *, actor: Actor, now: datetime
) -> Tariff:
    """Write a version; there is one for each start."""
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    told = {
        "basis": prices.basis,
        "round_up_minutes": prices.round_up_minutes,
        "vat_rate": prices.vat_rate,
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
    _must_be_clear(row)
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


def _must_be_clear(row: Tariff) -> None:
    terms = tariff_terms(
        tariff_id=None,
        basis=row.basis,
        round_up_minutes=row.round_up_minutes,
        vat_rate=row.vat_rate,
        peak=row.peak,
        classes=row.classes,
    )
    if wrong := tuple(contradictions(terms)):
        raise TariffContradicts(wrong)
