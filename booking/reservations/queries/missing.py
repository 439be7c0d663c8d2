"""When operators and accessories that are asked for by name cannot be had, and where they can."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import UNIT, UNIT_OFFER
from booking.instruments.queries.rosters import on_duty
from booking.instruments.queries.taken import taken_on
from booking.instruments.rules.shapes import SlotPolicy
from booking.instruments.rules.slots import moment_of, seconds
from booking.kernel.timespan import TimeSpan

# More than buffers reach.
_AROUND: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Missing:
    """When those who are asked for by name are held, and when they are not on duty."""

    held: tuple[TimeSpan, ...] = ()
    off_duty: tuple[TimeSpan, ...] = ()

    def kept_from(self, policy: SlotPolicy) -> list[TimeSpan]:
        """The time that no booking may touch: its buffers touch nothing that is held either."""
        before, after = timedelta(seconds=policy.before), timedelta(seconds=policy.after)
        return [*(span.widened(after, before) for span in self.held), *self.off_duty]


@dataclass(frozen=True, slots=True)
class Along:
    """Accessories that are asked for, and the number of the booking that has them already."""

    accessories: tuple[int, ...] = ()
    number: str = ""


def missing_units(
    session: Session, unit_ids: Sequence[int], window: TimeSpan, *, but: str = ""
) -> Missing:
    """When they cannot be there, in a window and around it: two statements.

    What the booking of a number holds itself is not in its own way.
    """
    if not unit_ids:
        return Missing()
    around = window.widened(_AROUND, _AROUND)
    first, until = seconds(around.start), seconds(around.end)
    held = taken_on(session, unit_ids, first=first, until=until, but=but)
    # What has no roster is there all the time, as accessories are.
    duty = on_duty(session, unit_ids, around)
    return Missing(
        tuple(TimeSpan(moment_of(a), moment_of(b)) for some in held.values() for a, b in some),
        tuple(span for windows in duty.values() for span in around.minus(windows)),
    )


def offering_all(
    session: Session, unit_ids: Collection[int], instrument_ids: Collection[int]
) -> frozenset[int]:
    """Which of some instruments are offered with every one of these units."""
    asked = (
        sa.select(UNIT_OFFER.c.instrument_id)
        .join(UNIT, UNIT.c.id == UNIT_OFFER.c.unit_id)
        .where(
            UNIT_OFFER.c.instrument_id.in_(sorted(instrument_ids)),
            UNIT_OFFER.c.unit_id.in_(sorted(unit_ids)),
            UNIT.c.active,
        )
        .group_by(UNIT_OFFER.c.instrument_id)
        .having(sa.func.count() == len(set(unit_ids)))
    )
    return frozenset(session.scalars(asked))
