"""Which instruments' changes somebody may hear of: those they may know, and what moves them."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.queries.cards import LAB, Insider

_WHOLE: Final = INSTRUMENT.alias("whole")
_PART: Final = INSTRUMENT.alias("part")
_PART_OF_PART: Final = INSTRUMENT.alias("part_of_part")
# Wholes and parts go two deep, see `family`.
_FAMILIES: Final = (
    sa.select(
        INSTRUMENT.c.id,
        INSTRUMENT.c.state,
        INSTRUMENT.c.lab_id,
        LAB.c.organisation_id,
        _WHOLE.c.id.label("whole"),
        _WHOLE.c.part_of_id.label("whole_of_whole"),
        _PART.c.id.label("part"),
        _PART_OF_PART.c.id.label("part_of_part"),
    )
    .select_from(
        INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id)
        .outerjoin(_WHOLE, _WHOLE.c.id == INSTRUMENT.c.part_of_id)
        .outerjoin(_PART, _PART.c.part_of_id == INSTRUMENT.c.id)
        .outerjoin(_PART_OF_PART, _PART_OF_PART.c.part_of_id == _PART.c.id)
    )
    .where(INSTRUMENT.c.id.in_(sa.bindparam("ids", expanding=True, type_=sa.BigInteger())))
)


def watched_by(
    session: Session, ids: Collection[int], visitor: Actor | None
) -> Mapping[int, frozenset[int]]:
    """Each instrument whose changes show, and on which of the asked ones; one statement.

    What happens to a whole shows on its parts, and the other way round.
    """
    insider = Insider.of(visitor)
    found: dict[int, frozenset[int]] = {}
    for row in session.execute(_FAMILIES, {"ids": sorted(ids)}).all():
        if insider.knows(row.state, row.lab_id, row.organisation_id):
            for one in _family(row):
                found[one] = found.get(one, frozenset()) | {row.id}
    return found


def _family(row: sa.Row[Any]) -> set[int]:
    members = (row.id, row.whole, row.whole_of_whole, row.part, row.part_of_part)
    return {one for one in members if one is not None}
