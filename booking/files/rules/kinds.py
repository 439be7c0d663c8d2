"""Which kinds of file are known, which of them each use accepts, and how large they may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_MIB: Final = 1024 * 1024


class FileKind(StrEnum):
    """What a file is by its content."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    XLSX = "xlsx"
    CSV = "csv"
    # Of our own making; no use takes one.
    ZIP = "zip"
    # 版式文件 (GB/T 33190), as electronic invoices and bank receipts come.
    OFD = "ofd"
    XML = "xml"


class Use(StrEnum):
    """What a file is sent for."""

    EVIDENCE = "evidence"
    INVOICE = "invoice"
    PHOTO = "photo"
    PAPER = "paper"
    RECEIPT = "receipt"
    SHEET = "sheet"
    BANK = "bank"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a use accepts."""

    kinds: tuple[FileKind, ...]
    largest: int

    @property
    def largest_text(self) -> str:
        return f"{self.largest // _MIB} MB"

    @property
    def kinds_text(self) -> str:
        return " / ".join(kind.value.upper() for kind in self.kinds)

    @property
    def accept(self) -> str:
        """For the `accept` of a file field; only a courtesy, the content decides."""
        return ",".join(f"{MEDIA_TYPES[kind]},{EXTENSIONS[kind]}" for kind in self.kinds)


MEDIA_TYPES: Final[Mapping[FileKind, str]] = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.WEBP: "image/webp",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv",
    FileKind.ZIP: "application/zip",
    FileKind.OFD: "application/ofd",
    FileKind.XML: "application/xml",
}
EXTENSIONS: Final[Mapping[FileKind, str]] = {
    FileKind.PDF: ".pdf",
    FileKind.PNG: ".png",
    FileKind.JPEG: ".jpg",
    FileKind.WEBP: ".webp",
    FileKind.XLSX: ".xlsx",
    FileKind.CSV: ".csv",
    FileKind.ZIP: ".zip",
    FileKind.OFD: ".ofd",
    FileKind.XML: ".xml",
}
ALLOWED: Final[Mapping[Use, Allowance]] = {
    Use.EVIDENCE: Allowance((FileKind.PDF, FileKind.PNG, FileKind.JPEG), 10 * _MIB),
    Use.INVOICE: Allowance((FileKind.PDF, FileKind.OFD, FileKind.XML), 10 * _MIB),
    # As telephones take them; what is kept is much smaller.
    Use.PHOTO: Allowance((FileKind.PNG, FileKind.JPEG, FileKind.WEBP), 15 * _MIB),
    Use.PAPER: Allowance((FileKind.PDF,), 20 * _MIB),
    # What a bank gives out about a payment.
    Use.RECEIPT: Allowance((FileKind.PDF, FileKind.OFD, FileKind.PNG, FileKind.JPEG), 10 * _MIB),
    # What a lab found, and what a company sends along: papers, pictures, tables.
    Use.RESULT: Allowance(
        (FileKind.PDF, FileKind.PNG, FileKind.JPEG, FileKind.XLSX, FileKind.CSV), 20 * _MIB
    ),
    Use.SHEET: Allowance((FileKind.XLSX, FileKind.CSV), 8 * _MIB),
    # A hundred thousand rows of a bank.
    Use.BANK: Allowance((FileKind.CSV,), 20 * _MIB),
}
