"""The pictures and papers of a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.db.lists import among, ids_parameter
from booking.files.models import StoredFile
from booking.files.queries import FileRow, file_row
from booking.instruments.models.attachment import InstrumentPaper, InstrumentPicture
from booking.instruments.models.tables import PAPER, PICTURE
from booking.instruments.queries.cards import SeenCard, card_seen_by
from booking.instruments.rules.attachments import Audience, PaperKind, may_read
from booking.instruments.states import PUBLIC
from booking.kernel.errors import NotFound

STORED: Final[sa.Table] = StoredFile.__table__  # type: ignore[attr-defined]  # SQLModel adds it


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture of a card."""

    id: int
    caption: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper of a card, as a list shows it."""

    id: int
    kind: PaperKind
    audience: Audience
    title: str
    size: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file of a card that somebody may see; public means that everybody may."""

    file: FileRow
    is_public: bool


_PICTURES: Final = (
    sa.select(PICTURE.c.id, PICTURE.c.caption)
    .where(PICTURE.c.instrument_id == sa.bindparam("instrument"))
    .order_by(PICTURE.c.position)
)
_PAPERS: Final = (
    sa.select(
        *(PAPER.c.id, PAPER.c.kind, PAPER.c.audience, PAPER.c.title),
        *(STORED.c.size, PAPER.c.added_at),
    )
    .select_from(PAPER.join(STORED, STORED.c.id == PAPER.c.file_id))
    .where(PAPER.c.instrument_id == sa.bindparam("instrument"))
    .order_by(PAPER.c.id)
)


def pictures_of(session: Session, instrument_id: int) -> Sequence[PictureRow]:
    """The pictures of a card in their order."""
    return [PictureRow(*row) for row in session.execute(_PICTURES, {"instrument": instrument_id})]


def first_pictures(session: Session, instrument_ids: Sequence[int]) -> dict[int, int]:
    """The picture that stands first on each card that has any."""
    other = PICTURE.alias("other")
    first = sa.select(sa.func.min(other.c.position)).where(
        other.c.instrument_id == PICTURE.c.instrument_id
    )
    rows = sa.select(PICTURE.c.instrument_id, PICTURE.c.id).where(
        among(PICTURE.c.instrument_id, ids_parameter("ids")),
        PICTURE.c.position == first.correlate(PICTURE).scalar_subquery(),
    )
    return {row[0]: row[1] for row in session.execute(rows, {"ids": instrument_ids})}


def papers_for(session: Session, seen: SeenCard, actor: Actor | None) -> Sequence[PaperRow]:
    """The papers of a card that this person may read."""
    rows = session.execute(_PAPERS, {"instrument": seen.instrument.key})
    papers = [PaperRow(*row) for row in rows]
    return [paper for paper in papers if _reads(paper.audience, seen, actor)]


def picture_seen_by(
    session: Session, picture_id: int, actor: Actor | None, *, small: bool
) -> SeenFile:
    """A picture of a card that this person may know of; NotFound for any other."""
    picture = session.get(InstrumentPicture, picture_id)
    if picture is None:
        raise NotFound(picture_id=picture_id)
    seen = _card(session, picture.instrument_id, actor, picture_id=picture_id)
    file = file_row(session, picture.small_id if small else picture.large_id)
    return SeenFile(file, seen.instrument.state in PUBLIC)


def paper_seen_by(session: Session, paper_id: int, actor: Actor | None) -> SeenFile:
    """A paper that this person may read; NotFound for any other."""
    paper = session.get(InstrumentPaper, paper_id)
    if paper is None:
        raise NotFound(paper_id=paper_id)
    seen = _card(session, paper.instrument_id, actor, paper_id=paper_id)
    if not _reads(paper.audience, seen, actor):
        raise NotFound(paper_id=paper_id)
    is_public = paper.audience is Audience.EVERYBODY and seen.instrument.state in PUBLIC
    return SeenFile(file_row(session, paper.file_id), is_public)


def pictures_to_change(session: Session, instrument_id: int) -> Sequence[InstrumentPicture]:
    """The rows of a card's pictures, for somebody who holds the card's lock."""
    wanted = select(InstrumentPicture).where(col(InstrumentPicture.instrument_id) == instrument_id)
    ordered = wanted.order_by(col(InstrumentPicture.position))
    return session.exec(ordered.execution_options(populate_existing=True)).all()


def papers_counted(session: Session, instrument_id: int) -> int:
    """How many papers a card has."""
    counted = sa.select(sa.func.count()).where(PAPER.c.instrument_id == instrument_id)
    return int(session.execute(counted).scalar_one())


def _reads(audience: Audience, seen: SeenCard, actor: Actor | None) -> bool:
    return may_read(audience, signed_in=actor is not None, insider=seen.is_insider)


def _card(session: Session, instrument_id: int, actor: Actor | None, **asked: int) -> SeenCard:
    try:
        return card_seen_by(session, instrument_id, actor)
    except NotFound:
        # Said of what was asked for, or the answer would tell that it is there.
        raise NotFound(**asked) from None
