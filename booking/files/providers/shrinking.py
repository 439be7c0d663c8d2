"""Pictures made small enough to show: upright, without what cameras write into them, as JPEG."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from booking.files.errors import FileDamaged, TooManyPixels

# The longest side of what a page shows, and of what a list shows.
LARGE: Final = 1600
SMALL: Final = 480
# The national platform takes no larger picture (`policy-facts.md` §6.3).
MOST_BYTES: Final = 1024 * 1024
_QUALITIES: Final = (85, 70, 50)
# What lies decoded in memory; JPEG is decoded smaller than it is.
_MOST_DECODED: Final = 40_000_000
_PAPER: Final = "white"
# A picture whose notes contradict themselves breaks its reader in any of these ways.
_BREAKS: Final = (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, struct.error)
_BREAKS_TOO: Final = (LookupError, AttributeError, ArithmeticError, EOFError, zlib.error)
# Decoding takes up to 160 MB, so one picture at a time.
_ALONE: Final = Lock()


def shrunk(path: Path) -> tuple[bytes, bytes]:
    """A picture large and small, each a JPEG of at most a mebibyte with no word about where and
    when it was taken; FileDamaged where it cannot be decoded."""
    with _ALONE:
        try:
            return _both(path)
        except (*_BREAKS, *_BREAKS_TOO) as broken:
            raise FileDamaged(looks="JPEG / PNG / WEBP") from broken


def _both(path: Path) -> tuple[bytes, bytes]:
    with Image.open(path) as source:
        source.draft("RGB", (LARGE, LARGE))
        if source.width * source.height > _MOST_DECODED:
            raise TooManyPixels(looks=source.format or "")
        upright = ImageOps.exif_transpose(source)
        plain = _on_paper(upright)
    plain.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    large = _written(plain)
    plain.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return large, _written(plain)


def _on_paper(image: Image.Image) -> Image.Image:
    """Only the colours, with white behind what was transparent."""
    seen = image.convert("RGBA")
    plain = Image.new("RGB", seen.size, _PAPER)
    plain.paste(seen, mask=seen)
    return plain


def _written(image: Image.Image) -> bytes:
    for quality in _QUALITIES:
        out = BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()
