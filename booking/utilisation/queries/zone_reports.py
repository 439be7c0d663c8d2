"""Reports on the zone that somebody reckoned before."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from booking.utilisation.models import ZoneReport

Names = tuple[str, str]


class Kept(NamedTuple):
    """When a report was made, and what it says."""

    made_at: datetime
    content: str


def kept_report(session: Session, asked: str, stamp: str, *, since: datetime) -> Kept | None:
    """What is kept of this, if it was made of what is there now, and not before a moment."""
    found = session.execute(
        sa.select(col(ZoneReport.made_at), col(ZoneReport.content)).where(
            col(ZoneReport.asked) == asked,
            col(ZoneReport.stamp) == stamp,
            col(ZoneReport.made_at) >= since,
        )
    ).one_or_none()
    return None if found is None else Kept(*found)


def kept_of(session: Session, stamp: str, *, since: datetime) -> frozenset[str]:
    """What was asked of all reports that hold, and were not made before a moment."""
    asked = sa.select(col(ZoneReport.asked)).where(
        col(ZoneReport.stamp) == stamp, col(ZoneReport.made_at) >= since
    )
    return frozenset(session.execute(asked).scalars())


def number_kept(session: Session) -> int:
    """How many there are, whether they hold or not."""
    number = sa.select(sa.func.count()).select_from(ZoneReport)
    return int(session.execute(number).scalar_one())


def names_of(session: Session, table: type[SQLModel], ids: Collection[int]) -> Mapping[int, Names]:
    """What some instruments, labs or organisations are called, in both languages."""
    columns = sa.inspect(table).columns
    asked = sa.select(columns["id"], columns["name"], columns["name_en"])
    rows = session.execute(asked.where(columns["id"].in_(ids)))
    return {row[0]: (row[1], row[2]) for row in rows}
