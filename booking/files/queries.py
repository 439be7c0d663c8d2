"""Which files there are, and which of them nobody needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.files.models import StoredFile
from booking.files.rules.kinds import FileKind
from booking.kernel.errors import NotFound

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it is shown and served."""

    id: int
    name: str
    kind: FileKind
    size: int
    sha256: str
    given_name: str
    uploaded_at: datetime


_FILE = sa.select(
    col(StoredFile.id),
    col(StoredFile.name),
    col(StoredFile.kind),
    col(StoredFile.size),
    col(StoredFile.sha256),
    col(StoredFile.given_name),
    col(StoredFile.uploaded_at),
)


def file_row(session: Session, file_id: int | None) -> FileRow:
    """One file; NotFound when there is none. Whoever asks has judged who may see it."""
    row = session.execute(_FILE.where(col(StoredFile.id) == file_id)).one_or_none()
    if row is None:
        raise NotFound(file_id=file_id)
    return FileRow(*row)


def every_file(session: Session) -> Iterator[FileRow]:
    """All of them, oldest first, without holding them all at once."""
    found = session.execute(_FILE.order_by(col(StoredFile.id)).execution_options(yield_per=_BATCH))
    return (FileRow(*row) for row in found)


def known_names(session: Session) -> frozenset[str]:
    """Every name that has a row."""
    return frozenset(session.execute(sa.select(col(StoredFile.name))).scalars())


def nobody_points_at(session: Session) -> sa.ColumnElement[bool]:
    """A condition on files: no foreign key of the database leads to them."""
    return sa.and_(
        sa.true(),
        *(
            ~sa.exists().where(reference == col(StoredFile.id))
            for reference in _references(session)
        ),
    )


def locked_unneeded(session: Session, *, before: datetime) -> Sequence[int]:
    """Old files that nobody points at, locked; not those that somebody points at just now."""
    return (
        session.execute(
            sa.select(col(StoredFile.id))
            .where(col(StoredFile.uploaded_at) < before, nobody_points_at(session))
            .with_for_update(skip_locked=True, of=StoredFile)
        )
        .scalars()
        .all()
    )


def _references(session: Session) -> Iterator[sa.ColumnElement[int]]:
    """Every column that points at a file, by the database's own word: nobody has to register."""
    inspector = sa.inspect(session.connection())
    for (_, table), keys in inspector.get_multi_foreign_keys().items():
        for key in keys:
            if key["referred_table"] == StoredFile.__tablename__:
                yield sa.table(table, *map(sa.column, key["constrained_columns"])).c[
                    key["constrained_columns"][0]
                ]
