"""Whether anything changed that reports are counted from."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking import __version__
from booking.instruments.models.tables import INSTRUMENT
from booking.utilisation.models import InstrumentMonth, UtilisationMark
from booking.utilisation.queries.cutting import KNOWN

_LAST_MONTH: Final = sa.select(sa.func.max(col(InstrumentMonth.id))).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Stamp:
    """Differs from the last one once something was rolled up, marked, or a card changed.

    `cards` are (state, how many, when one changed last) of what ever was published; `mark` is None
    when nothing is marked.
    """

    last_month: int | None
    rolled_up_at: datetime | None
    mark: int | None
    cards: tuple[tuple[str, int, datetime | None], ...]

    @property
    def instruments(self) -> int:
        """How many instruments ever were published."""
        return sum(count for _, count, _ in self.cards)

    def of_roll_up(self) -> "Stamp":
        """The same until the next roll-up, or until there is an instrument more."""
        cards = tuple((state, count, None) for state, count, _ in self.cards)
        return replace(self, mark=None, cards=cards)

    def unchanged_since(self, made_at: datetime) -> bool:
        """Whether no mark was left and no card touched since a report was made."""
        touched = (at for _, _, at in self.cards if at is not None)
        return self.mark is None and max(touched, default=made_at) <= made_at

    @property
    def code(self) -> str:
        """The same in few letters, for this version of the program."""
        return hashlib.sha256(f"{__version__} {self}".encode()).hexdigest()


def stamp_of(session: Session) -> Stamp:
    """As things are now."""
    rolled = (
        sa.select(col(InstrumentMonth.computed_at))
        .where(col(InstrumentMonth.id) == _LAST_MONTH)
        .scalar_subquery()
    )
    marked = sa.select(sa.func.max(col(UtilisationMark.id))).scalar_subquery()
    last, at, mark = session.execute(sa.select(_LAST_MONTH, rolled, marked)).one()
    cards = session.execute(
        sa.select(INSTRUMENT.c.state, sa.func.count(), sa.func.max(INSTRUMENT.c.updated_at))
        .where(INSTRUMENT.c.state.in_(KNOWN))
        .group_by(INSTRUMENT.c.state)
        .order_by(INSTRUMENT.c.state)
    )
    return Stamp(last, at, mark, tuple((row[0], row[1], row[2]) for row in cards))
