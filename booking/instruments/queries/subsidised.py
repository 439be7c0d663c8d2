"""Which cards public programmes pay for, as SQL, and what is left to pay for an hour on them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.lists import among, ids_parameter
from booking.instruments.models.tables import INSTRUMENT, SEARCH
from booking.instruments.queries.cards import LAB, ORGANISATION
from booking.instruments.rules.subsidised import Assumed, Hour, Scheme, own_share


class SubsidySource(Protocol):
    """Knows the programmes; a room above is one, and the application names it."""

    def assumed(self, session: Session, actor: Actor | None, *, day: date) -> Assumed: ...

    def assumed_for(
        self, session: Session, actors: Sequence[Actor | None], *, day: date
    ) -> Sequence[Assumed]: ...


_HOURS: Final = (
    sa.select(
        SEARCH.c.instrument_id,
        SEARCH.c.lab_id,
        INSTRUMENT.c.resource_kind,
        INSTRUMENT.c.original_value_fen,
        SEARCH.c.hour_fen,
    )
    .select_from(SEARCH.join(INSTRUMENT, INSTRUMENT.c.id == SEARCH.c.instrument_id))
    .where(among(SEARCH.c.instrument_id, ids_parameter("ids")), SEARCH.c.hour_fen.is_not(None))
)
_PROVIDERS: Final = (
    sa.select(LAB.c.id, ORGANISATION.c.id, ORGANISATION.c.district)
    .select_from(LAB.join(ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id))
    .where(among(LAB.c.id, ids_parameter("ids")))
)


def own_shares(
    session: Session, ids: Sequence[int], schemes: Sequence[Scheme]
) -> Mapping[int, int]:
    """What is left to pay in fen for an hour on each; without a price per hour, it is left out."""
    rows = session.execute(_HOURS, {"ids": ids}).all()
    labs = sorted({row[1] for row in rows})
    providers = {row[0]: row[1:] for row in session.execute(_PROVIDERS, {"ids": labs})}
    # Many cards are alike in all that programmes ask: each sort is reckoned once.
    shares = {
        alike: own_share(_hour(alike, providers), schemes) for alike in {row[1:] for row in rows}
    }
    return {row[0]: shares[row[1:]] for row in rows}


def _hour(alike: Sequence[Any], providers: Mapping[int, Sequence[Any]]) -> Hour:
    lab_id, kind, value_fen, fen = alike
    provider_id, district = providers[lab_id]
    return Hour(kind, value_fen, provider_id, district, fen)


def paid_for(schemes: Sequence[Scheme], filed: sa.Table) -> sa.ColumnElement[bool]:
    """Whether any of these programmes asks nothing that a filed card does not have."""
    return sa.or_(sa.false(), *(_paid_by(scheme, filed) for scheme in schemes))


def _paid_by(scheme: Scheme, filed: sa.Table) -> sa.ColumnElement[bool]:
    asked: list[sa.ColumnElement[bool]] = []
    if scheme.kinds:
        asked.append(INSTRUMENT.c.resource_kind.in_(scheme.kinds))
    if scheme.least_value_fen is not None:
        asked.append(INSTRUMENT.c.original_value_fen >= scheme.least_value_fen)
    parts: list[sa.ColumnElement[bool]] = []
    if asked:
        card = sa.exists().where(INSTRUMENT.c.id == filed.c.instrument_id, *asked)
        parts.append(card.correlate(filed))
    if scheme.districts or scheme.not_of:
        parts.append(filed.c.lab_id.in_(_labs(scheme)))
    return sa.and_(sa.true(), *parts)


def _labs(scheme: Scheme) -> sa.Select[tuple[int]]:
    """Few compared with cards: looked up once for all of them."""
    labs = sa.select(LAB.c.id).join(ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id)
    if scheme.districts:
        labs = labs.where(ORGANISATION.c.district.in_(scheme.districts))
    return labs.where(ORGANISATION.c.id.not_in(scheme.not_of))
