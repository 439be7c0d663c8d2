"""Which cards public programmes pay for, as SQL, and what is left to pay for an hour on them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Protocol

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


_HOURS: Final = (
    sa.select(
        SEARCH.c.instrument_id,
        INSTRUMENT.c.resource_kind,
        INSTRUMENT.c.original_value_fen,
        ORGANISATION.c.id,
        ORGANISATION.c.district,
        SEARCH.c.hour_fen,
    )
    .select_from(
        SEARCH.join(INSTRUMENT, INSTRUMENT.c.id == SEARCH.c.instrument_id)
        .join(LAB, LAB.c.id == SEARCH.c.lab_id)
        .join(ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id)
    )
    .where(among(SEARCH.c.instrument_id, ids_parameter("ids")), SEARCH.c.hour_fen.is_not(None))
)


def own_shares(
    session: Session, ids: Sequence[int], schemes: Sequence[Scheme]
) -> Mapping[int, int]:
    """What is left to pay in fen for an hour on each; without a price per hour, it is left out."""
    rows = session.execute(_HOURS, {"ids": ids})
    return {row[0]: own_share(Hour(*row[1:]), schemes) for row in rows}


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
