"""Report templates of this installation: files of `seed/reports`, read again when they change."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from booking.settings import REPOSITORY
from booking.utilisation.rules.deadlines import Deadline, deadlines_of
from booking.utilisation.rules.sheets import Kind
from booking.utilisation.rules.templates import SUBSIDY, Template, template_of

FOLDER: Final = REPOSITORY / "seed" / "reports"
# What formulas may ask for, by report.
FIGURES: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.EFFICIENCY: frozenset(
        {"effective_hours", "external_hours", "rated_hours", "income_outside", "uses", "samples"}
        | {"trained", "instruments", SUBSIDY}
    ),
    Kind.MONITORING: frozenset(
        {"instruments", "bookable", "effective_hours", "external_hours", "uses", "samples"}
        | {"users", "income", "faults", "reservations", "missed", SUBSIDY}
    ),
}


def template(kind: Kind) -> Template:
    """The template of a report that is made by one."""
    path = FOLDER / f"{kind.value}.yaml"
    return _read(path, path.stat().st_mtime_ns, kind)


# One for each state of each file.
@lru_cache(maxsize=16)
def _read(path: Path, _changed: int, kind: Kind) -> Template:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return template_of(document, figures=FIGURES[kind])


def deadlines() -> tuple[Deadline, ...]:
    """By when each report is handed in."""
    path = FOLDER / "deadlines.yaml"
    return _deadlines(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _deadlines(path: Path, _changed: int) -> tuple[Deadline, ...]:
    return deadlines_of(yaml.safe_load(path.read_text(encoding="utf-8")))
