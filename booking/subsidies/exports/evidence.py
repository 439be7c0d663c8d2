"""证据材料: everything behind a statement as one ZIP, and what is missing of it.

The same statement and the same files give the same bytes: parts lie in the order of their names,
and the archive knows no time. What labs found was promised to company and lab alone: the pack holds
its hashes, by which whoever has the file can show that it is the one.
"""

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from sqlmodel import Session

from booking.files.providers.disk import Vault
from booking.subsidies.exports.files import statement_file
from booking.subsidies.exports.paper import Paper as SheetPaper
from booking.subsidies.queries.evidence import (
    Covered,
    Paper,
    invoices_behind,
    payments_behind,
    results_behind,
    uses_of,
)
from booking.subsidies.queries.statements import StatementRow
from booking.web.downloads import csv_bytes

_STATEMENT_KINDS: Final = ("csv", "json", "pdf", "xlsx")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_IN_MEMORY: Final = 16 * 1024 * 1024
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not there: a code, and of which record."""

    code: str
    reference: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The papers of a statement, and what is missing among them."""

    uses: Sequence[Covered]
    invoices: Sequence[Paper]
    payments: Sequence[Paper]
    results: Sequence[Paper]
    missing: Sequence[Missing]

    @property
    def is_complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the index."""

    path: str
    sha256: str
    size: int
    what: str
    reference: str


def evidence_of(session: Session, row: StatementRow, vault: Vault) -> Evidence:
    """What there is and what is missing, in four questions whatever the number of uses."""
    uses = uses_of(session, row.id, row.revision)
    invoices = invoices_behind(session, row.id, row.revision)
    payments = payments_behind(session, row.id, row.revision)
    results = results_behind(session, row.id, row.revision)
    missing = (
        *(Missing("evidence.not_invoiced", one.reference) for one in uses if _is_bare(one)),
        *_without_file("evidence.invoice_file", invoices),
        *_without_file("evidence.receipt", payments),
        *_without_file("evidence.result", results),
        *_gone(vault, (*invoices, *payments)),
    )
    return Evidence(uses, invoices, payments, results, missing)


def _is_bare(use: Covered) -> bool:
    return use.invoiced_fen < use.amount_fen


def _without_file(code: str, papers: Sequence[Paper]) -> Iterator[Missing]:
    bare = sorted({paper.reference for paper in papers if paper.file is None})
    return (Missing(code, reference) for reference in bare)


def _gone(vault: Vault, papers: Sequence[Paper]) -> Iterator[Missing]:
    """Files whose bytes are not where they were put."""
    for paper in papers:
        if paper.file is not None and not vault.path(paper.file.name).is_file():
            yield Missing("evidence.bytes", paper.reference)


def evidence_pack(
    session: Session, row: StatementRow, content: str, *, vault: Vault, paper: SheetPaper
) -> Iterator[bytes]:
    """The whole of it, around the statement's exact text: made at once, handed out in pieces."""
    found = evidence_of(session, row, vault)
    out = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed when it is handed out
    with zipfile.ZipFile(out, "w") as archive:
        index = [
            *_put_statement(archive, row.number, content, paper=paper),
            *_put_papers(archive, found, vault),
        ]
        _put(archive, "index.csv", _index(index))
        _put(archive, "missing.csv", _missing(found))
        _put(archive, "results.csv", _results(found))
    return _pieces(out)


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        out.seek(0)
        while piece := out.read(_PIECE):
            yield piece


def _put_statement(
    archive: zipfile.ZipFile, number: str, content: str, *, paper: SheetPaper
) -> Iterator[_Entry]:
    for kind in _STATEMENT_KINDS:
        name, written = statement_file(number, content, kind, paper=paper)
        path = f"statement/{name}"
        yield _Entry(path, *_put(archive, path, written), "statement", number)


def _put_papers(archive: zipfile.ZipFile, found: Evidence, vault: Vault) -> Iterator[_Entry]:
    for what, papers in (("invoice", found.invoices), ("receipt", found.payments)):
        for path, paper in _places(what, papers):
            if paper.file is not None and (place := vault.path(paper.file.name)).is_file():
                put = _put(archive, path, place.read_bytes())
                yield _Entry(path, *put, what, paper.reference)


def _places(what: str, papers: Sequence[Paper]) -> Iterator[tuple[str, Paper]]:
    """Where each file lies: under its record, numbered, with the name that it was given."""
    counted: dict[str, int] = {}
    for paper in sorted(papers, key=lambda one: one.reference):
        if paper.file is not None:
            counted[paper.reference] = place = counted.get(paper.reference, 0) + 1
            yield f"{what}s/{paper.reference}/{place}-{paper.file.given_name}", paper


def _put(archive: zipfile.ZipFile, path: str, content: bytes) -> tuple[str, int]:
    """Its hash and its size."""
    part = zipfile.ZipInfo(path, _EPOCH)
    part.compress_type = zipfile.ZIP_DEFLATED
    part.external_attr = 0o600 << 16
    archive.writestr(part, content, compresslevel=6)
    return hashlib.sha256(content).hexdigest(), len(content)


def _index(entries: Sequence[_Entry]) -> bytes:
    header = ("path", "sha256", "size", "what", "reference")
    rows = [(one.path, one.sha256, one.size, one.what, one.reference) for one in entries]
    return csv_bytes(header, rows)


def _missing(found: Evidence) -> bytes:
    rows = [(one.code.removeprefix("evidence."), one.reference) for one in found.missing]
    return csv_bytes(("missing", "reference"), rows)


def _results(found: Evidence) -> bytes:
    rows = [
        (one.reference, one.number, one.file.given_name, one.file.sha256)
        for one in found.results
        if one.file is not None
    ]
    return csv_bytes(("order", "charge", "file", "sha256"), rows)
