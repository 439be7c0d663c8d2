"""Workbooks, tables of text, OFD and XML: what they are, and what speaks against opening them.

A workbook is an archive of XML, and so is an OFD. It is looked through whole, piece by piece,
before anything opens it: how large it becomes, of how many pieces its XML consists, whether all of
it is there, and whether it names anything outside itself.
"""

import io
import re
import zipfile
import zlib
from codecs import getincrementaldecoder
from collections.abc import Iterator
from mmap import mmap
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate

Content = bytes | mmap

# What a workbook may weigh once it is unpacked, and of how many parts it may consist.
MOST_UNPACKED: Final = 128 * 1024 * 1024
_MOST_PARTS: Final = 2000
# Each may become an object of a few hundred bytes: a cell of four bytes is the smallest.
_MOST_TAGS: Final = 10_000_000
_PIECE: Final = 1024 * 1024
_WORKBOOK: Final = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
_OFD: Final = frozenset({"OFD.xml"})
_XML: Final = (".xml", ".rels", ".vml")
_OUTSIDE: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)
_OVERLAP: Final = 16
_LEADS_OUT: Final = re.compile(r"(^|/)\.\.(/|$)|^/|\\|:")
# Whatever a part is called, its workbook may name it as a table; in other encodings, too.
_LIKE_XML: Final = re.compile(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")
_XML_START: Final = re.compile(rb"(\xef\xbb\xbf)?\s*<[!?a-zA-Z]")
_ENCODING: Final = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)")
_READABLE: Final = frozenset({b"utf-8", b"us-ascii", b"utf8"})
_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
ENCODINGS: Final = ("utf-8-sig", "gb18030")


class Broken(ValueError):
    """It cannot be unpacked."""


class Swells(ValueError):
    """It becomes larger than anybody's table."""


class RefersOutside(ValueError):
    """Its XML declares entities, or hides what it declares."""


def is_workbook(content: Content) -> bool:
    """Whether it is an archive with the parts of a workbook."""
    return _holds(content, _WORKBOOK)


def is_ofd(content: Content) -> bool:
    """Whether it is an archive with the root of an OFD."""
    return _holds(content, _OFD)


def _holds(content: Content, parts: frozenset[str]) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return set(archive.namelist()) >= parts
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def must_be_safe_workbook(content: Content) -> None:
    """Raise what speaks against opening it."""
    _must_be_safe(content, _WORKBOOK)


def must_be_safe_ofd(content: Content) -> None:
    """Raise what speaks against opening it; its parts stay inside it, and none comes twice."""
    _must_be_safe(content, _OFD)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    if len(set(names)) < len(names) or any(_LEADS_OUT.search(name) for name in names):
        raise Broken


def must_be_safe_xml(content: Content) -> None:
    """Raise what speaks against reading it: another encoding, declarations, no whole XML."""
    _must_be_plain_xml(content[:1000])
    if _OUTSIDE.search(content):
        raise RefersOutside
    if content[:].count(b"<") > _MOST_TAGS:
        raise Swells
    try:
        # Without declarations, which were refused above, nothing in it can grow or lead outside.
        ParserCreate().Parse(bytes(content), True)  # noqa: FBT003 - takes no name
    except ExpatError as error:
        raise Broken from error


def begins_as_xml(content: Content) -> bool:
    """Whether it begins as XML does."""
    return bool(_XML_START.match(content[:1000]))


def _must_be_safe(content: Content, wanted: frozenset[str]) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if not {part.filename for part in parts} >= wanted:
                raise Broken
            if len(parts) > _MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
                raise Swells
            tags = 0
            for part in parts:
                tags += _tags_in(archive, part)
                if tags > _MOST_TAGS:
                    raise Swells
    except (Broken, Swells, RefersOutside):
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        # ValueError: a part begins before the file. RuntimeError: encrypted. NotImplementedError,
        # one of its kind: packed in unusual ways.
        raise Broken from error


def encoding_of(content: Content) -> str:
    """How a table of text is written; nothing when it is no text."""
    return next((name for name in ENCODINGS if _reads_as(content, name)), "")


def _tags_in(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Look through a part: how many tags it has, if it is XML."""
    is_xml = part.filename.lower().endswith(_XML)
    before, tags = b"", 0
    with archive.open(part) as opened:
        for number, piece in enumerate(iter(lambda: opened.read(_PIECE), b"")):
            if number == 0 and (is_xml := is_xml or bool(_LIKE_XML.match(piece))):
                _must_be_plain_xml(piece)
            if is_xml and _OUTSIDE.search(before + piece):
                raise RefersOutside
            before = piece[-_OVERLAP:]
            tags += piece.count(b"<") if is_xml else 0
    return tags


def _must_be_plain_xml(start: bytes) -> None:
    """In other encodings a declaration would look different."""
    encoding = _ENCODING.search(start[:1000])
    if not _XML_START.match(start) or b"\0" in start[:1000]:
        raise RefersOutside
    if encoding and encoding[1].lower() not in _READABLE:
        raise RefersOutside


def _reads_as(content: Content, name: str) -> bool:
    decoder = getincrementaldecoder(name)()
    try:
        for piece in _pieces(content):
            if _NO_TEXT.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _pieces(content: Content) -> Iterator[bytes]:
    return (content[start : start + _PIECE] for start in range(0, len(content), _PIECE))
