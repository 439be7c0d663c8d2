"""What a file is by its content, and what speaks against taking it for that.

puremagic knows some thousand kinds by their first bytes. What those do not show is looked for here:
files cut short, one kind hidden behind another, pictures of absurd size. Nothing is decoded.
"""

import re
from enum import StrEnum
from mmap import mmap
from typing import Final

import puremagic

from booking.files.rules import sheets
from booking.files.rules.kinds import FileKind
from booking.files.rules.pictures import NotWhole, Size, jpeg_size, png_size, webp_size

Content = bytes | mmap

MOST_PIXELS: Final = 100_000_000
_HEAD: Final = 4096
# Browsers that guess look at so many bytes.
_GUESSED: Final = 1024
_MARKUP: Final = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|iframe|svg)[\s>/]", re.I)
_PDF_START: Final = re.compile(rb"%PDF-[12]\.\d")
_PDF_END: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF")
_ZIP_START: Final = b"PK\3\4"
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_SIZE: Final = 22
_LONGEST_ZIP_COMMENT: Final = 65_535
_SHEETS: Final = frozenset({FileKind.XLSX, FileKind.CSV, FileKind.OFD, FileKind.XML})
# Nothing at the beginning of the others says that they are what their use takes them for.
_OURS: Final = frozenset(kind.value for kind in FileKind) - {"csv", "ofd", "xml", "zip"}
# Where it names a dozen kinds for the same start, people know one.
_KNOWN_STARTS: Final = {b"MZ": "EXE", _ZIP_START: "Office / ZIP"}
_SPELT: Final = {
    ".jpg": FileKind.JPEG,
    ".jfif": FileKind.JPEG,
    ".jpe": FileKind.JPEG,
}


class Fault(StrEnum):
    """Why a file is not taken for the kind it looks like."""

    DAMAGED = "damaged"
    TWOFOLD = "twofold"
    TOO_MANY_PIXELS = "too_many_pixels"
    SWELLS = "swells"
    REFERS_OUTSIDE = "refers_outside"


def looks_like(content: Content) -> FileKind | str:
    """The kind; the name of one we do not know; or nothing when nobody knows it."""
    head = content[:_HEAD]
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        found = []
    likely = [match.extension for match in found if match.confidence == found[0].confidence]
    kinds = [_named(extension) for extension in likely]
    ours = next((kind for kind in kinds if isinstance(kind, FileKind)), None)
    if ours is None and (markup := _MARKUP.search(head)):
        return "SVG" if markup[1].lower() == b"svg" else "HTML"
    if head.startswith(_ZIP_START) and sheets.is_ofd(content):
        return FileKind.OFD
    if ours is FileKind.XLSX and not sheets.is_workbook(content):
        ours = None
    known = (name for start, name in _KNOWN_STARTS.items() if head.startswith(start))
    return ours or next(known, "") or next((kind for kind in kinds if kind), "")


_SAFE: Final = {
    FileKind.XLSX: sheets.must_be_safe_workbook,
    FileKind.OFD: sheets.must_be_safe_ofd,
    FileKind.XML: sheets.must_be_safe_xml,
}


def fault_in(content: Content, kind: FileKind) -> Fault | None:
    """The first thing that speaks against it."""
    if kind in _SHEETS:
        return _fault_in_sheet(content, kind)
    try:
        size = _size(content, kind)
    except NotWhole:
        return Fault.DAMAGED
    if _MARKUP.search(content[:_GUESSED]) or _ends_as_zip(content) or _goes_on(content, size):
        return Fault.TWOFOLD
    if size is not None and size.width * size.height > MOST_PIXELS:
        return Fault.TOO_MANY_PIXELS
    return None


def _fault_in_sheet(content: Content, kind: FileKind) -> Fault | None:
    if kind is FileKind.CSV:
        return None if sheets.encoding_of(content) else Fault.DAMAGED
    try:
        _SAFE[kind](content)
    except sheets.Broken:
        return Fault.DAMAGED
    except sheets.Swells:
        return Fault.SWELLS
    except sheets.RefersOutside:
        return Fault.REFERS_OUTSIDE
    return None


def _named(extension: str) -> FileKind | str:
    if extension in _SPELT:
        return _SPELT[extension]
    plain = extension.removeprefix(".")
    return FileKind(plain) if plain in _OURS else plain.upper()


def _size(content: Content, kind: FileKind) -> Size | None:
    if kind is FileKind.PDF:
        _must_be_whole_pdf(content)
        return None
    read = {FileKind.PNG: png_size, FileKind.JPEG: jpeg_size, FileKind.WEBP: webp_size}[kind]
    return read(content)


def _must_be_whole_pdf(content: Content) -> None:
    ends = list(_PDF_END.finditer(content[-2048:]))
    if not _PDF_START.match(content[:16]) or not ends or int(ends[-1][1]) >= len(content):
        raise NotWhole


def _goes_on(content: Content, size: Size | None) -> bool:
    """Whether something lies behind the end of a picture."""
    return size is not None and size.ends_at is not None and size.ends_at < len(content)


def _ends_as_zip(content: Content) -> bool:
    """Whether it is an archive as well: those are read from their end."""
    first = max(0, len(content) - _LONGEST_ZIP_COMMENT - _ZIP_END_SIZE)
    place = content.find(_ZIP_END, first)
    while place >= 0:
        comment = int.from_bytes(content[place + 20 : place + 22], "little")
        if place + _ZIP_END_SIZE + comment == len(content):
            return True
        place = content.find(_ZIP_END, place + 1)
    return False
