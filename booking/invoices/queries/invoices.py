"""Invoices as their parties and the centre see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.accounts.models import User
from booking.files.models import StoredFile
from booking.files.queries import FileRow, file_row
from booking.invoices.models import (
    INVOICE,
    INVOICE_FILE,
    INVOICE_MATCH,
    PAYMENT_MATCH,
    Invoice,
)
from booking.invoices.queries.seen import sides_of
from booking.invoices.rules.kinds import InvoiceKind
from booking.invoices.rules.told import Original
from booking.invoices.states import PaperState
from booking.kernel.errors import NotFound
from booking.organisations.models import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """An invoice in lists and on its page."""

    id: int
    reference: str
    kind: InvoiceKind
    code: str
    number: str
    provider_id: int
    provider: str
    provider_en: str
    organisation_id: int
    company: str
    company_en: str
    seller_uscc: str
    buyer_uscc: str
    issued_on: date
    net_fen: int
    tax_fen: int
    total_fen: int
    original_id: int | None
    original: str | None
    note: str
    state: PaperState
    state_reason: str
    recorded_by: int | None
    recorder: str | None
    recorded_at: datetime
    checked_at: datetime | None
    voided_at: datetime | None
    matched_fen: int
    settled_fen: int

    @property
    def left_fen(self) -> int:
        """How much of it is for no charge yet."""
        return self.total_fen - self.matched_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersWanted:
    """Which invoices or payments a list asks for; the days are those printed on them."""

    state: PaperState | None = None
    first: date | None = None
    until: date | None = None
    words: str = ""
    organisation_id: int | None = None
    provider_id: int | None = None


ORGANISATION: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]  # by SQLModel
PERSON: Final[sa.Table] = User.__table__  # type: ignore[attr-defined]
COMPANY: Final = ORGANISATION.alias("company_side")
PROVIDER: Final = ORGANISATION.alias("provider_side")
_ORIGINAL: Final = INVOICE.alias("original_invoice")


def total_of(amount: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """A sum of fen that is whole in both databases, nought for none."""
    return sa.cast(sa.func.coalesce(sa.func.sum(amount), 0), sa.BigInteger)


def shared_out(match: sa.Table, of: sa.ColumnElement[int], owner: str) -> sa.ScalarSelect[int]:
    """How much of a record is shared out, or of an open one paid."""
    return (
        sa.select(total_of(match.c.amount_fen))
        .where(match.c[owner] == of, match.c.live)
        .scalar_subquery()
    )


_ROWS: Final[sa.Select[Any]] = sa.select(
    *(INVOICE.c.id, INVOICE.c.reference, INVOICE.c.kind, INVOICE.c.code, INVOICE.c.number),
    *(INVOICE.c.provider_id, PROVIDER.c.name.label("provider")),
    *(INVOICE.c.organisation_id, COMPANY.c.name.label("company")),
    *(PROVIDER.c.name_en.label("provider_en"), COMPANY.c.name_en.label("company_en")),
    *(INVOICE.c.seller_uscc, INVOICE.c.buyer_uscc, INVOICE.c.issued_on),
    *(INVOICE.c.net_fen, INVOICE.c.tax_fen, INVOICE.c.total_fen, INVOICE.c.original_id),
    *(_ORIGINAL.c.reference.label("original"), INVOICE.c.note, INVOICE.c.state),
    *(INVOICE.c.state_reason, INVOICE.c.recorded_by, PERSON.c.name.label("recorder")),
    *(INVOICE.c.recorded_at, INVOICE.c.checked_at, INVOICE.c.voided_at),
    shared_out(INVOICE_MATCH, INVOICE.c.id, "invoice_id").label("matched_fen"),
    shared_out(PAYMENT_MATCH, INVOICE.c.id, "invoice_id").label("settled_fen"),
).select_from(
    INVOICE.join(PROVIDER, PROVIDER.c.id == INVOICE.c.provider_id)
    .join(COMPANY, COMPANY.c.id == INVOICE.c.organisation_id)
    .outerjoin(_ORIGINAL, _ORIGINAL.c.id == INVOICE.c.original_id)
    .outerjoin(PERSON, PERSON.c.id == INVOICE.c.recorded_by)
)


def invoices_seen_by(
    session: Session, actor: Actor, wanted: PapersWanted, *, before_id: int | None, limit: int
) -> Sequence[InvoiceRow]:
    """Newest first: those of one's companies and providers; all for the centre."""
    asked = _ROWS.where(_theirs(session, actor), *conditions(INVOICE, INVOICE.c.issued_on, wanted))
    if wanted.words:
        asked = asked.where(
            sa.or_(
                INVOICE.c.number.startswith(wanted.words, autoescape=True),
                INVOICE.c.reference == wanted.words,
                COMPANY.c.name.contains(wanted.words, autoescape=True),
                PROVIDER.c.name.contains(wanted.words, autoescape=True),
            )
        )
    if before_id is not None:
        asked = asked.where(INVOICE.c.id < before_id)
    rows = session.execute(asked.order_by(INVOICE.c.id.desc()).limit(limit))
    return [InvoiceRow(**row._mapping) for row in rows]


def conditions(
    table: sa.Table, day: sa.ColumnElement[date], wanted: PapersWanted
) -> list[sa.ColumnElement[bool]]:
    """What a list asks of invoices and of payments alike."""
    equal = {
        "state": wanted.state,
        "organisation_id": wanted.organisation_id,
        "provider_id": wanted.provider_id,
    }
    found = [table.c[name] == value for name, value in equal.items() if value is not None]
    if wanted.first is not None:
        found.append(day >= wanted.first)
    if wanted.until is not None:
        found.append(day < wanted.until)
    return found


def invoice_row(session: Session, reference: str) -> InvoiceRow:
    """One invoice, whoever asks."""
    row = session.execute(_ROWS.where(INVOICE.c.reference == reference)).one_or_none()
    if row is None:
        raise NotFound(reference=reference)
    return InvoiceRow(**row._mapping)


def invoice_seen_by(session: Session, reference: str, actor: Actor) -> InvoiceRow:
    """One that is theirs to read."""
    asked = _ROWS.where(INVOICE.c.reference == reference, _theirs(session, actor))
    row = session.execute(asked).one_or_none()
    if row is None:
        raise NotFound(reference=reference)
    return InvoiceRow(**row._mapping)


def _theirs(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    return sides_of(session, actor, Permission.INVOICE_READ).own(INVOICE)


def invoice_for_update(session: Session, reference: str) -> Invoice:
    """Wait for whoever is changing it, then read what they left."""
    asked = sa.select(Invoice).where(col(Invoice.reference) == reference).with_for_update()
    fresh = asked.execution_options(populate_existing=True)
    found: Invoice | None = session.execute(fresh).scalar_one_or_none()
    if found is None:
        raise NotFound(reference=reference)
    return found


def original_invoice(session: Session, name: str, provider_id: int) -> Original | None:
    """The invoice that a credit note names, by reference or number, locked; None if there is none
    or, of older ones, several."""
    named = sa.or_(
        INVOICE.c.reference == name,
        sa.and_(INVOICE.c.number == name, INVOICE.c.state != PaperState.VOIDED),
    )
    asked = sa.select(INVOICE.c.id).where(named, INVOICE.c.provider_id == provider_id)
    ids = session.execute(asked.with_for_update()).scalars().all()
    if len(ids) != 1:
        return None
    note = INVOICE.alias("note")
    taken = (
        sa.select(total_of(note.c.total_fen))
        .where(note.c.original_id == INVOICE.c.id, note.c.state != PaperState.VOIDED)
        .scalar_subquery()
    )
    one = INVOICE.c
    row = session.execute(
        sa.select(
            *(one.id, one.reference, one.organisation_id, one.provider_id),
            (one.total_fen + taken).label("left_fen"),
            (one.state != PaperState.VOIDED).label("stands"),
            one.original_id.is_not(None).label("is_contrary"),
        ).where(one.id == ids[0])
    ).one()
    return as_original(row)


def as_original(row: sa.Row[Any]) -> Original:
    """As rules see it; a database without booleans answers with numbers."""
    return Original(
        row.id,
        row.reference,
        row.organisation_id,
        row.provider_id,
        row.left_fen,
        stands=bool(row.stands),
        is_contrary=bool(row.is_contrary),
    )


def notes_standing(session: Session, invoice_id: int) -> int:
    """How many credit notes to it stand."""
    asked = sa.select(sa.func.count()).where(
        INVOICE.c.original_id == invoice_id, INVOICE.c.state != PaperState.VOIDED
    )
    return int(session.execute(asked).scalar_one())


def files_of_invoice(session: Session, invoice_id: int) -> Sequence[FileRow]:
    """Its files, oldest first."""
    return files_of(session, INVOICE_FILE, INVOICE_FILE.c.invoice_id == invoice_id)


def files_of(session: Session, table: sa.Table, of: sa.ColumnElement[bool]) -> Sequence[FileRow]:
    """The files of a record, oldest first."""
    asked = (
        sa.select(
            *(col(StoredFile.id), col(StoredFile.name), col(StoredFile.kind)),
            *(col(StoredFile.size), col(StoredFile.sha256), col(StoredFile.given_name)),
            col(StoredFile.uploaded_at),
        )
        .join(table, table.c.file_id == col(StoredFile.id))
        .where(of)
        .order_by(table.c.id)
    )
    return [FileRow(*row) for row in session.execute(asked)]


def invoice_file_seen_by(
    session: Session, reference: str, file_id: int, *, actor: Actor
) -> FileRow:
    """A file of an invoice that is theirs to read."""
    invoice = invoice_seen_by(session, reference, actor)
    if all(file.id != file_id for file in files_of_invoice(session, invoice.id)):
        raise NotFound(file_id=file_id)
    return file_row(session, file_id)
