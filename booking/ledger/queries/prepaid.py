"""What companies have with providers, what of it is held, and what changed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.ledger.models import FundsHold, PrepaidAccount, PrepaidEntry, PrepaidKind
from booking.organisations.models import Lab, Organisation

_ACCOUNT: Final[sa.Table] = PrepaidAccount.__table__  # type: ignore[attr-defined]  # by SQLModel
_ENTRY: Final[sa.Table] = PrepaidEntry.__table__  # type: ignore[attr-defined]
_HOLD: Final[sa.Table] = FundsHold.__table__  # type: ignore[attr-defined]
_OWNER: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]
_PROVIDING: Final = sa.select(col(Lab.organisation_id))
_COMPANY: Final = _OWNER.alias("company")
_PROVIDER: Final = _OWNER.alias("provider")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaidRow:
    """What a company has with a provider, in fen."""

    id: int
    organisation_id: int
    organisation_name: str
    organisation_name_en: str
    provider_id: int
    provider_name: str
    provider_name_en: str
    balance_fen: int
    held_fen: int

    @property
    def available_fen(self) -> int:
        return self.balance_fen - self.held_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementRow:
    """One change of a balance."""

    id: int
    kind: PrepaidKind
    amount_fen: int
    reference: str
    bank_reference: str
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """What is held for a booking."""

    reference: str
    amount_fen: int
    held_at: datetime


_ROW: Final[sa.Select[*tuple[Any, ...]]] = (
    sa.select(
        _ACCOUNT.c.id,
        _ACCOUNT.c.organisation_id,
        _COMPANY.c.name.label("organisation_name"),
        _COMPANY.c.name_en.label("organisation_name_en"),
        _ACCOUNT.c.provider_id,
        _PROVIDER.c.name.label("provider_name"),
        _PROVIDER.c.name_en.label("provider_name_en"),
        _ACCOUNT.c.balance_fen,
        _ACCOUNT.c.held_fen,
    )
    .join(_COMPANY, _COMPANY.c.id == _ACCOUNT.c.organisation_id)
    .join(_PROVIDER, _PROVIDER.c.id == _ACCOUNT.c.provider_id)
)
_OF_PAIR: Final = sa.select(_ACCOUNT.c.id).where(
    _ACCOUNT.c.organisation_id == sa.bindparam("company"),
    _ACCOUNT.c.provider_id == sa.bindparam("provider"),
)
_AVAILABLE: Final = sa.select(_ACCOUNT.c.balance_fen - _ACCOUNT.c.held_fen).where(
    _ACCOUNT.c.organisation_id == sa.bindparam("company"),
    _ACCOUNT.c.provider_id == sa.bindparam("provider"),
)
_HELD: Final = sa.select(_HOLD.c.id, _HOLD.c.account_id, _HOLD.c.amount_fen).where(
    _HOLD.c.reference == sa.bindparam("reference"), _HOLD.c.released_at.is_(None)
)


def account_between(session: Session, organisation_id: int, provider_id: int) -> int | None:
    """The prepaid account of a company with a provider, if there ever was money in it."""
    pair = {"company": organisation_id, "provider": provider_id}
    return session.execute(_OF_PAIR, pair).scalar_one_or_none()


def pays_ahead(session: Session, organisation_id: int) -> bool:
    """Whether a company ever paid anybody in advance."""
    asked = sa.select(_ACCOUNT.c.id).where(_ACCOUNT.c.organisation_id == organisation_id)
    return session.execute(asked.limit(1)).first() is not None


def available_between(session: Session, organisation_id: int, provider_id: int) -> int:
    """What the company could spend there now, in fen."""
    pair = {"company": organisation_id, "provider": provider_id}
    return int(session.execute(_AVAILABLE, pair).scalar_one_or_none() or 0)


def held_for(session: Session, reference: str) -> tuple[int, int, int] | None:
    """What is held for a booking: the hold, its account, how much."""
    row = session.execute(_HELD, {"reference": reference}).one_or_none()
    return None if row is None else (row.id, row.account_id, row.amount_fen)


def references_held(session: Session, organisation_id: int) -> frozenset[str]:
    """For which bookings of a company something is held."""
    asked = (
        sa.select(_HOLD.c.reference)
        .join(_ACCOUNT, _ACCOUNT.c.id == _HOLD.c.account_id)
        .where(_ACCOUNT.c.organisation_id == organisation_id, _HOLD.c.released_at.is_(None))
    )
    return frozenset(session.scalars(asked))


def held_together(session: Session, references: Sequence[str]) -> int:
    """What is held for several bookings, in fen."""
    summed = sa.select(sa.func.coalesce(sa.func.sum(_HOLD.c.amount_fen), 0)).where(
        _HOLD.c.reference.in_(list(references)), _HOLD.c.released_at.is_(None)
    )
    return int(session.execute(summed).scalar_one())


def drawn_for(session: Session, references: Sequence[str]) -> int:
    """What was paid from prepaid balances under some references, in fen."""
    summed = sa.select(sa.func.coalesce(-sa.func.sum(_ENTRY.c.amount_fen), 0)).where(
        _ENTRY.c.reference.in_(list(references))
    )
    return int(session.execute(summed).scalar_one())


def owners_of(session: Session, account_id: int) -> tuple[int, int]:
    """Whose account it is, and with whom."""
    asked = sa.select(_ACCOUNT.c.organisation_id, _ACCOUNT.c.provider_id)
    row = session.execute(asked.where(_ACCOUNT.c.id == account_id)).one()
    return row.organisation_id, row.provider_id


def is_booked(session: Session, reference: str) -> bool:
    """Whether a change of that reference was entered."""
    asked = sa.select(_ENTRY.c.id).where(_ENTRY.c.reference == reference)
    return session.execute(asked).first() is not None


def prepaid_seen_by(session: Session, actor: Actor) -> Sequence[PrepaidRow]:
    """The accounts of one's company, or of those who paid one's provider; all for the centre."""
    rows = session.execute(
        _ROW.where(_seen_by(actor)).order_by(_PROVIDER.c.name, _COMPANY.c.name, _ACCOUNT.c.id)
    ).mappings()
    return [PrepaidRow(**row) for row in rows]


def prepaid_account_seen_by(session: Session, account_id: int, actor: Actor) -> PrepaidRow:
    """One of them."""
    asked = _ROW.where(_ACCOUNT.c.id == account_id, _seen_by(actor))
    row = session.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotFound(account_id=account_id)
    return PrepaidRow(**row)


def movements(
    session: Session, account_id: int, *, before_id: int | None = None, limit: int
) -> Sequence[MovementRow]:
    """What changed a balance, newest first."""
    asked = (
        sa.select(*(_ENTRY.c[name] for name in MovementRow.__dataclass_fields__))
        .where(_ENTRY.c.account_id == account_id)
        .order_by(_ENTRY.c.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        asked = asked.where(_ENTRY.c.id < before_id)
    return [MovementRow(**row) for row in session.execute(asked).mappings()]


def holds_of(session: Session, account_id: int) -> Sequence[HeldRow]:
    """What is held at the moment."""
    rows = session.execute(
        sa.select(*(_HOLD.c[name] for name in HeldRow.__dataclass_fields__))
        .where(_HOLD.c.account_id == account_id, _HOLD.c.released_at.is_(None))
        .order_by(_HOLD.c.id)
    ).mappings()
    return [HeldRow(**row) for row in rows]


def company_called(session: Session, said: str) -> int | None:
    """The organisation with that credit code, or else of exactly that name."""
    asked = (
        sa.select(col(Organisation.id))
        .where((col(Organisation.uscc) == said) | (col(Organisation.name) == said))
        .order_by(sa.case((col(Organisation.uscc) == said, 0), else_=1), col(Organisation.id))
        .limit(1)
    )
    return session.execute(asked).scalar_one_or_none()


def providers_kept_by(session: Session, actor: Actor) -> Sequence[tuple[int, str, str]]:
    """For whom somebody enters prepayments, and their names: one's own provider, or every one for
    finance."""
    asked = (
        sa.select(col(Organisation.id), col(Organisation.name), col(Organisation.name_en))
        .where(col(Organisation.id).in_(_PROVIDING))
        .order_by(col(Organisation.name))
    )
    if not actor.reach(Permission.PREPAYMENT_MANAGE).everywhere:
        mine = actor.organisations_giving(Permission.PREPAYMENT_MANAGE)
        asked = asked.where(col(Organisation.id).in_(mine))
    return [(row.id, row.name, row.name_en) for row in session.execute(asked)]


def _seen_by(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.reach(Permission.PREPAYMENT_READ).everywhere:
        return sa.true()
    read = actor.organisations_giving(Permission.PREPAYMENT_READ)
    keep = actor.organisations_giving(Permission.PREPAYMENT_MANAGE)
    return _ACCOUNT.c.organisation_id.in_(read) | _ACCOUNT.c.provider_id.in_(keep)
