"""Outside hours that were promised for instruments, asked of the room that knows promises."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import sqlalchemy as sa
from sqlmodel import Session

from booking.utilisation.rules.advice import Promised


class PromiseSource(Protocol):
    """Knows promised outside hours; a room beside is one, and the application names it."""

    def promised(
        self, session: Session, instruments: sa.Select[int], today: date
    ) -> Mapping[int, Sequence[Promised]]:
        """By instrument the promise years that run on a day."""
        ...


class NothingPromised:
    """Where no promise is known."""

    def promised(
        self, session: Session, instruments: sa.Select[int], today: date
    ) -> Mapping[int, Sequence[Promised]]:
        """None."""
        del session, instruments, today
        return {}
