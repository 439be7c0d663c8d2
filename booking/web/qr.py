"""QR codes as pictures that templates draw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import segno


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as one path of an SVG that the template draws."""

    size: int
    path: str


def picture_of(text: str) -> Picture:
    """The QR code of a text, with the quiet margin that cameras need."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    return Picture(len(rows), "".join(_runs(rows)))


def _runs(rows: Sequence[Sequence[int]]) -> Iterator[str]:
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            dark = x
            while x < len(row) and row[x]:
                x += 1
            if x > dark:
                yield f"M{dark} {y}h{x - dark}v1h-{x - dark}z"
            x += 1
