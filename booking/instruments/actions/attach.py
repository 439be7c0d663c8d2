"""Hang pictures and papers on a card, and take them down again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, ReceivedPicture, keep
from booking.files.queries import file_row
from booking.instruments.actions.keeping import fact, kept_instrument
from booking.instruments.errors import TooManyAttachments
from booking.instruments.events import InstrumentEdited
from booking.instruments.models.attachment import InstrumentPaper, InstrumentPicture
from booking.instruments.queries.attachments import (
    paper_seen_by,
    papers_counted,
    pictures_to_change,
)
from booking.instruments.rules.attachments import MOST_PAPERS, MOST_PICTURES, Audience, PaperKind
from booking.kernel.errors import NotFound

Hung = TypeVar("Hung", InstrumentPicture, InstrumentPaper)
_NAMES: Final = {InstrumentPicture: "picture_id", InstrumentPaper: "paper_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperWish:
    """A paper that was handed in, and what it is to be."""

    file: Received
    title: str
    kind: PaperKind
    audience: Audience


def add_picture(
    uow: UnitOfWork,
    instrument_id: int,
    picture: ReceivedPicture,
    *,
    actor: Actor,
    now: datetime,
    caption: str = "",
) -> InstrumentPicture:
    """Hang it behind the others."""
    kept_instrument(uow, instrument_id, actor=actor)
    there = pictures_to_change(uow.session, instrument_id)
    if len(there) >= MOST_PICTURES:
        raise TooManyAttachments(most=MOST_PICTURES)
    by = actor.known_id
    row = InstrumentPicture(
        instrument_id=instrument_id,
        position=there[-1].position + 1 if there else 1,
        large_id=keep(uow, picture.large, uploaded_by=by, now=now).key,
        small_id=keep(uow, picture.small, uploaded_by=by, now=now).key,
        caption=caption,
        added_at=now,
    )
    uow.session.add(row)
    uow.session.flush()
    _announce(uow, instrument_id, {"picture": (None, picture.large.sha256)}, actor=actor, now=now)
    return row


def show_first(uow: UnitOfWork, picture_id: int, *, actor: Actor, now: datetime) -> int:
    """Let a picture stand before the others; which instrument's it is."""
    picture = _kept(uow, InstrumentPicture, picture_id, actor=actor)
    first = pictures_to_change(uow.session, picture.instrument_id)[0]
    if first.id != picture.id:
        picture.position = first.position - 1
        uow.session.flush()
        shown = {"first_picture": (first.caption, picture.caption)}
        _announce(uow, picture.instrument_id, shown, actor=actor, now=now)
    return picture.instrument_id


def remove_picture(uow: UnitOfWork, picture_id: int, *, actor: Actor, now: datetime) -> int:
    """Take a picture down; which instrument's it was."""
    picture = _kept(uow, InstrumentPicture, picture_id, actor=actor)
    return _remove(uow, picture, actor=actor, now=now)


def add_paper(
    uow: UnitOfWork, instrument_id: int, wish: PaperWish, *, actor: Actor, now: datetime
) -> InstrumentPaper:
    """Lay a paper with the card."""
    kept_instrument(uow, instrument_id, actor=actor)
    if papers_counted(uow.session, instrument_id) >= MOST_PAPERS:
        raise TooManyAttachments(most=MOST_PAPERS)
    row = InstrumentPaper(
        instrument_id=instrument_id,
        file_id=keep(uow, wish.file, uploaded_by=actor.known_id, now=now).key,
        kind=wish.kind,
        audience=wish.audience,
        title=wish.title,
        added_at=now,
    )
    uow.session.add(row)
    uow.session.flush()
    _announce(uow, instrument_id, {"paper": (None, wish.file.sha256)}, actor=actor, now=now)
    return row


def remove_paper(uow: UnitOfWork, paper_id: int, *, actor: Actor, now: datetime) -> int:
    """Take a paper away; which instrument's it was."""
    # Who may not read it is not told that it is there.
    paper_seen_by(uow.session, paper_id, actor)
    paper = _kept(uow, InstrumentPaper, paper_id, actor=actor)
    return _remove(uow, paper, actor=actor, now=now)


def _kept(uow: UnitOfWork, kind: type[Hung], key: int, *, actor: Actor) -> Hung:
    """The row, once its card is locked for somebody who keeps it."""
    asked = {_NAMES[kind]: key}
    found = uow.session.get(kind, key)
    if found is None:
        raise NotFound(**asked)
    try:
        kept_instrument(uow, found.instrument_id, actor=actor)
    except NotFound:
        # Said of what was asked for, or the answer would tell that it is there.
        raise NotFound(**asked) from None
    # Whoever held the card before may have taken it away.
    still = uow.session.get(kind, key, populate_existing=True)
    if still is None:
        raise NotFound(**asked)
    return still


def _remove(
    uow: UnitOfWork, row: InstrumentPicture | InstrumentPaper, *, actor: Actor, now: datetime
) -> int:
    name, file_id = (
        ("picture", row.large_id) if isinstance(row, InstrumentPicture) else ("paper", row.file_id)
    )
    digest = file_row(uow.session, file_id).sha256
    uow.session.delete(row)
    uow.session.flush()
    _announce(uow, row.instrument_id, {name: (digest, None)}, actor=actor, now=now)
    return row.instrument_id


def _announce(
    uow: UnitOfWork,
    instrument_id: int,
    changes: Mapping[str, tuple[object, object]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    about = fact(instrument_id, actor=actor, now=now)
    uow.announce(InstrumentEdited(**about, changes=dict(changes)))
