"""Needs as those read them who may: their company, the centre, and labs without whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.needs.models import NEED, OFFER, Need
from booking.needs.states import NeedState, OfferState
from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationKind

_ORGANISATION: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]  # SQLModel adds it
# What a lab may still read: whatever is decided only where it has made an offer.
_STANDING: Final = (NeedState.OPEN, NeedState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need in lists and on its page."""

    id: int
    organisation_id: int
    what: str
    material: str
    accuracy: str
    by_day: date
    samples: int
    district: str
    state: NeedState
    created_at: datetime
    created_by: int
    company: str
    kind: OrganisationKind
    offers: int
    company_en: str

    @property
    def texts(self) -> tuple[str, str, str]:
        """What the search is asked by."""
        return self.what, self.material, self.accuracy


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A need as labs read it: nothing says whose it is."""

    id: int
    what: str
    material: str
    accuracy: str
    by_day: date
    samples: int
    district: str
    state: NeedState
    kind: OrganisationKind


_OFFERS: Final = (
    sa.select(sa.func.count())
    .where(OFFER.c.need_id == NEED.c.id, OFFER.c.state != OfferState.WITHDRAWN)
    .scalar_subquery()
)
_ROWS: Final[sa.Select[Any]] = sa.select(
    *(NEED.c.id, NEED.c.organisation_id, NEED.c.what, NEED.c.material, NEED.c.accuracy),
    *(NEED.c.by_day, NEED.c.samples, NEED.c.district, NEED.c.state, NEED.c.created_at),
    *(NEED.c.created_by, _ORGANISATION.c.name, _ORGANISATION.c.kind, _OFFERS),
    _ORGANISATION.c.name_en,
).join(_ORGANISATION, _ORGANISATION.c.id == NEED.c.organisation_id)
_BOARD: Final[sa.Select[Any]] = sa.select(
    *(NEED.c.id, NEED.c.what, NEED.c.material, NEED.c.accuracy, NEED.c.by_day),
    *(NEED.c.samples, NEED.c.district, NEED.c.state, _ORGANISATION.c.kind),
).join(_ORGANISATION, _ORGANISATION.c.id == NEED.c.organisation_id)


def needs_seen_by(
    session: Session, actor: Actor, *, before_id: int | None, limit: int
) -> Sequence[NeedRow]:
    """Newest first."""
    rows = _ROWS.where(_seen(actor)).order_by(NEED.c.id.desc()).limit(limit)
    if before_id is not None:
        rows = rows.where(NEED.c.id < before_id)
    return [NeedRow(*row) for row in session.execute(rows)]


def need_seen_by(session: Session, need_id: int, actor: Actor) -> NeedRow:
    """NotFound when it is another company's."""
    row = session.execute(_ROWS.where(NEED.c.id == need_id, _seen(actor))).one_or_none()
    if row is None:
        raise NotFound(need_id=need_id)
    return NeedRow(*row)


def need_row(session: Session, need_id: int) -> NeedRow:
    """Whoever asks."""
    return NeedRow(*session.execute(_ROWS.where(NEED.c.id == need_id)).one())


def needs_by_id(session: Session, need_ids: Sequence[int]) -> Sequence[NeedRow]:
    """These, in order of entry."""
    rows = _ROWS.where(NEED.c.id.in_(need_ids)).order_by(NEED.c.id)
    return [NeedRow(*row) for row in session.execute(rows)]


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    reach = actor.reach(Permission.RESERVATION_READ)
    if reach.everywhere:
        return sa.true()
    return NEED.c.organisation_id.in_(reach.organisation_ids)


def board(session: Session, *, words: str, before_id: int | None, limit: int) -> Sequence[BoardRow]:
    """Published needs that have each of these words somewhere, newest first."""
    rows = _BOARD.where(NEED.c.state == NeedState.PUBLISHED)
    for word in words.split():
        fields = (NEED.c.what, NEED.c.material, NEED.c.accuracy)
        rows = rows.where(sa.or_(*(one.icontains(word, autoescape=True) for one in fields)))
    if before_id is not None:
        rows = rows.where(NEED.c.id < before_id)
    found = session.execute(rows.order_by(NEED.c.id.desc()).limit(limit))
    return [BoardRow(*row) for row in found]


def need_on_board(session: Session, need_id: int, actor: Actor) -> BoardRow:
    """A published need; later only for labs that made an offer on it, and for the centre."""
    reach = actor.reach(Permission.INSTRUMENT_MANAGE)
    offered = sa.exists().where(OFFER.c.need_id == NEED.c.id, OFFER.c.lab_id.in_(reach.lab_ids))
    seen: sa.ColumnElement[bool] = (NEED.c.state == NeedState.PUBLISHED) | offered
    if reach.everywhere or actor.reach(Permission.AUDIT_READ).everywhere:
        seen = NEED.c.state != NeedState.OPEN
    row = session.execute(_BOARD.where(NEED.c.id == need_id, seen)).one_or_none()
    if row is None:
        raise NotFound(need_id=need_id)
    return BoardRow(*row)


def need_for_update(session: Session, need_id: int) -> Need:
    """The need, locked until the deed is done."""
    statement = sa.select(Need).where(col(Need.id) == need_id).with_for_update()
    fresh = statement.execution_options(populate_existing=True)
    found: Need | None = session.execute(fresh).scalar_one_or_none()
    if found is None:
        raise NotFound(need_id=need_id)
    return found


def over_by(session: Session, today: date, *, limit: int) -> Sequence[int]:
    """The needs whose day is over and that nothing became of."""
    over = sa.select(NEED.c.id).where(NEED.c.state.in_(_STANDING), NEED.c.by_day < today)
    return session.execute(over.order_by(NEED.c.id).limit(limit)).scalars().all()


def untold(session: Session, before: datetime, *, limit: int) -> Sequence[NeedRow]:
    """Published needs that no lab was told of, published before a moment."""
    rows = _ROWS.where(
        NEED.c.state == NeedState.PUBLISHED,
        NEED.c.told_at.is_(None),
        NEED.c.published_at < before,
    )
    found = session.execute(rows.order_by(NEED.c.id).limit(limit))
    return [NeedRow(*row) for row in found]
