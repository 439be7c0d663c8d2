"""Publish the open figures of a year."""

import hashlib
import json
from datetime import date, datetime

from sqlmodel import Session

from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.utilisation.models import OpenPublication
from booking.utilisation.queries.open_figures import (
    as_kept,
    atoms_of,
    publication_marks,
    publication_of,
    publications,
    rolled_up_by_year,
)
from booking.utilisation.rules.open_figures import Dimension, Name, open_rows
from booking.utilisation.rules.withholding import RULE

Line = dict[str, str | int | None]


def last_ended(now: datetime) -> Period:
    """The last month that is over."""
    present = Period.month_at(now)
    return Period.month(date.fromordinal(present.first.toordinal() - 1))


def years_to_publish(session: Session, *, now: datetime) -> list[int]:
    """Years whose figures changed, have a month more, or were withheld by another rule."""
    done = publication_marks(session, RULE)
    ended = last_ended(now).code
    return [
        year
        for year, latest in rolled_up_by_year(session, ended)
        if year not in done or done[year] < (min(ended, f"{year}-12"), latest)
    ]


def drawn_up(session: Session, year: int, *, now: datetime) -> tuple[str, list[Line]]:
    """The lines of a year, and its last month that is over; takes its time and changes nothing."""
    present = Period.month_at(now)
    ended = [month for month in Period.parse(str(year)).months() if month < present]
    before = {
        _name(line): line["users"] is not None
        for last in publications(session, [year])
        for line in last.lines
    }
    codes = [month.code for month in ended]
    rows = open_rows(year, codes, atoms_of(session, ended), before=before)
    return ended[-1].code, [as_kept(row) for row in rows]


def _name(line: Line) -> Name:
    return Dimension(str(line["by"])), str(line["key"]), str(line["period"])


def publish(uow: UnitOfWork, year: int, through: str, *, lines: list[Line], now: datetime) -> None:
    """Put them where everybody finds them."""
    row = publication_of(uow.session, year)
    if row is None:
        row = OpenPublication(
            year=year, through=through, lines=[], sha256="", rule=RULE, published_at=now
        )
        uow.session.add(row)
    text = json.dumps(lines, sort_keys=True, ensure_ascii=False)
    row.through, row.lines, row.rule = through, lines, RULE
    row.sha256, row.published_at = hashlib.sha256(text.encode()).hexdigest(), now
    uow.session.flush()
