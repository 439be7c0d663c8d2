"""A sheet of instruments: its headings, and its rows as cells under the columns' names."""

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from booking.files.providers.tables import rows_of
from booking.files.rules.kinds import FileKind
from booking.instruments.errors import SheetRefused
from booking.instruments.rules.cells import Cell, text_of
from booking.instruments.rules.columns import LAST_LINE, MOST_ROWS
from booking.instruments.rules.headings import FIRST_LINES, Headings, headings_of
from booking.kernel.errors import Violation

Cells = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that `files` let pass, and where its headings are."""

    path: Path
    kind: FileKind
    headings: Headings
    at: int

    def has(self, key: str) -> bool:
        """Whether it has a column."""
        return key in self.headings.keys.values()

    def rows(self) -> Generator[tuple[int, Cells]]:
        """Every row that says something, with its line."""
        with closing(rows_of(self.path, self.kind)) as rows:
            for line, row in enumerate(rows, 1):
                if line > LAST_LINE:
                    raise SheetRefused([Violation("import.too_long", {"limit": LAST_LINE})])
                if line <= self.at:
                    continue
                cells = {key: row[at] for at, key in self.headings.keys.items() if at < len(row)}
                if any(text_of(cell) for cell in cells.values()):
                    yield line, cells

    def counted(self) -> int:
        """How many rows there are; looked through once, so that nothing later is a surprise."""
        total = sum(1 for _ in islice(self.rows(), MOST_ROWS + 1))
        if not total:
            raise SheetRefused([Violation("import.no_rows")])
        if total > MOST_ROWS:
            raise SheetRefused([Violation("import.too_many_rows", {"limit": MOST_ROWS})])
        return total


def opened(path: Path, kind: FileKind) -> Sheet:
    """The sheet, by the first line that has all headings it must have."""
    best: tuple[Headings, int] | None = None
    with closing(rows_of(path, kind)) as rows:
        for line, row in enumerate(islice(rows, FIRST_LINES), 1):
            found = headings_of([text_of(cell) for cell in row])
            if best is None or len(found.keys) > len(best[0].keys):
                best = (found, line)
            if not found.missing:
                break
    headings, at = best or (headings_of([]), 0)
    if faults := headings.faults():
        raise SheetRefused(faults)
    return Sheet(path, kind, headings, at)
