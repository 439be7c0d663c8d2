"""A row of a sheet, judged by the same fields as the form for a card."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from booking.instruments.forms.card import CardPatch
from booking.instruments.rules.cells import (
    CLEAR,
    LONGEST_CELL,
    Cell,
    Cleared,
    read,
    text_of,
    unguarded,
)
from booking.instruments.rules.columns import (
    APART,
    BY_KEY,
    LAB,
    OPENING,
    PART_OF,
    REQUIRED_KEYS,
    SCHEME_OF,
)
from booking.instruments.rules.rows import SheetRow
from booking.kernel.errors import Violation
from booking.web.problems import field_of, violation_of


def judged(line: int, cells: Mapping[str, Cell]) -> SheetRow:
    """The row with every fault that can be seen without knowing any other."""
    texts = {key: unguarded(text_of(cell)) for key, cell in cells.items()}
    said: dict[str, Any] = {}
    faults: list[Violation] = []
    for key, text in texts.items():
        if not text or key == LAB.key:
            continue
        value = read(BY_KEY[key], cells[key])
        if isinstance(value, Violation):
            faults.append(value)
        else:
            said[key] = value.value if isinstance(value, Cleared) else value
    faulty = {str(fault.params["field"]) for fault in faults}
    silent = [key for key in BY_KEY if key in REQUIRED_KEYS and key not in {*said, *faulty}]
    faults += [Violation("form.missing", {"field": key}) for key in silent]
    apart = {key: said.pop(key) for key in APART & said.keys()}
    card, found = _as_card(said)
    faults += [fault for fault in found if fault.params["field"] not in {*faulty, *silent}]
    return SheetRow(
        line=line,
        cells={key: text[:LONGEST_CELL] for key, text in texts.items() if text},
        lab=texts.get(LAB.key, ""),
        inner_id=card.inner_id,
        values=card.values(),
        units=card.units if "units" in card.model_fields_set else None,
        week=apart.get(OPENING.key),
        codes={SCHEME_OF[key].value: code for key, code in apart.items() if key in SCHEME_OF},
        whole=apart.get(PART_OF.key),
        faults=tuple(faults),
    )


def placed(line: int, cells: Mapping[str, Cell]) -> tuple[int, tuple[str, str], str]:
    """Line, which instrument as the row writes it, and the inner id of its whole."""
    lab, inner_id, whole = (
        unguarded(text_of(cells.get(key))) for key in (LAB.key, "inner_id", PART_OF.key)
    )
    return line, (lab, inner_id), "" if whole == CLEAR else whole


def _as_card(said: Mapping[str, object]) -> tuple[CardPatch, list[Violation]]:
    """What can be read of it, and what is wrong with the rest."""
    try:
        return CardPatch.model_validate(said), []
    except ValidationError as broken:
        found: dict[str, Violation] = {}
        for finding in broken.errors(include_url=False):
            fault = violation_of(finding)
            name = field_of(finding).split(".")[0]
            found.setdefault(name, Violation(fault.code, {**fault.params, "field": name}))
        readable = {name: value for name, value in said.items() if name not in found}
        return CardPatch.model_validate(readable), list(found.values())
