"""A row of a sheet between reading and writing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from booking.instruments.rules.spelt_week import Week
from booking.kernel.errors import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """`cells` as they stood there; `values` under a card's names, of the cells that say something;
    everything that is wrong with them.
    """

    line: int
    cells: Mapping[str, str]
    lab: str = ""
    inner_id: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    units: int | None = None
    # Weekly hours, codes by scheme, and the inner id of the whole; None says nothing of it.
    week: Week | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    whole: str | None = None
    faults: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class LabName:
    """A lab that rows may name."""

    id: int
    name: str


class Labs:
    """The labs that somebody keeps, by name or number; any other is not known here."""

    def __init__(self, labs: Sequence[LabName], *, usual: int | None = None) -> None:
        self._by_name: dict[str, list[int]] = {}
        for lab in labs:
            self._by_name.setdefault(lab.name, []).append(lab.id)
        self._ids = frozenset(lab.id for lab in labs)
        self._names = {lab.id: lab.name for lab in labs}
        only = labs[0].id if len(labs) == 1 else None
        self._usual = usual if usual in self._ids else only

    def find(self, text: str) -> int | Violation:
        """Which lab a row means."""
        if not text:
            missing = Violation("form.missing", {"field": "lab"})
            return missing if self._usual is None else self._usual
        named = self._by_name.get(text, [])
        if len(named) == 1:
            return named[0]
        if named:
            return Violation("import.lab_ambiguous", {"field": "lab", "value": text})
        number = text.rpartition("#")[2]
        if number.isdecimal() and len(number) < 10 and int(number) in self._ids:
            return int(number)
        return Violation("import.lab_unknown", {"field": "lab", "value": text[:60]})

    def written(self, lab_id: int) -> str:
        """What a row says to mean this lab."""
        name = self._names.get(lab_id, "")
        alone = len(self._by_name.get(name, [])) == 1
        return name if alone else f"{name}#{lab_id}"


@dataclass(slots=True)
class Named:
    """Which lines of a sheet named which instrument, in order."""

    lines: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def add(self, row: SheetRow) -> None:
        """Remember a row, whatever became of it."""
        if row.inner_id:
            self.lines.setdefault(row.inner_id, []).append((row.lab, row.line))

    def first(self, row: SheetRow, labs: Labs) -> int:
        """The first line that means the same instrument as this one."""
        mine = labs.find(row.lab)
        lines = self.lines.get(row.inner_id, ())
        return next((line for lab, line in lines if labs.find(lab) == mine), row.line)
