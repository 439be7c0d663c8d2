"""How large a picture says it is and where it ends, read from its frame without decoding it."""

import struct
from dataclasses import dataclass
from mmap import mmap
from typing import Final
from zlib import crc32

Content = bytes | mmap

_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers, less those in between that mean something else.
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN: Final = 0xDA
_JPEG_END: Final = b"\xff\xd9"


class NotWhole(ValueError):
    """It breaks off, or is no such picture."""


@dataclass(frozen=True, slots=True)
class Size:
    """In pixels; `ends_at` where the format says so itself."""

    width: int
    height: int
    ends_at: int | None = None

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise NotWhole


def png_size(content: Content) -> Size:
    """From the first chunk; every chunk must be there and add up."""
    _must(content[:8] == _PNG_START)
    width, height = _png_header(content)
    place, has_data = len(_PNG_START), False
    while place + 12 <= len(content):
        length, name = struct.unpack(">I4s", content[place : place + 8])
        end = place + 12 + length
        _must(end <= len(content))
        _must(crc32(content[place + 4 : end - 4]) == _number(content, end - 4))
        has_data = has_data or name == b"IDAT"
        if name == b"IEND":
            _must(has_data)
            return Size(width, height, end)
        place = end
    raise NotWhole


def _png_header(content: Content) -> tuple[int, int]:
    _must(content[8:16] == b"\0\0\0\rIHDR" and len(content) > 33)
    return _number(content, 16), _number(content, 20)


def jpeg_size(content: Content) -> Size:
    """From the frame; cameras append what they like, so that the end says nothing."""
    _must(content[:2] == b"\xff\xd8")
    place, size = 2, None
    while place + 4 <= len(content):
        _must(content[place] == 0xFF)
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        _must(length >= 2 and place + 2 + length <= len(content))
        if marker in _JPEG_FRAMES and length >= 8:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            size = Size(width, height)
        place += 2 + length
        if marker == _JPEG_SCAN:
            _must(content.find(_JPEG_END, place) >= 0)
            break
    if size is None:
        raise NotWhole
    return size


def webp_size(content: Content) -> Size:
    """From the first chunk, whichever of three it is."""
    _must(len(content) >= 30 and content[:4] == b"RIFF" and content[8:12] == b"WEBP")
    length = int.from_bytes(content[4:8], "little")
    end = 8 + length + length % 2
    _must(end <= len(content))
    chunk = content[12:16]
    if chunk == b"VP8X":
        return Size(1 + _little(content, 24, 3), 1 + _little(content, 27, 3), end)
    if chunk == b"VP8L" and content[20] == 0x2F:
        bits = _little(content, 21, 4)
        return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), end)
    _must(chunk == b"VP8 " and content[23:26] == b"\x9d\x01\x2a")
    return Size(_little(content, 26, 2) & 0x3FFF, _little(content, 28, 2) & 0x3FFF, end)


def _must(holds: bool) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise NotWhole


def _number(content: Content, place: int) -> int:
    return int.from_bytes(content[place : place + 4], "big")


def _little(content: Content, place: int, length: int) -> int:
    return int.from_bytes(content[place : place + length], "little")
