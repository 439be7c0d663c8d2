"""A sheet of instruments: rows a second, looked over, taken in, and sent again unchanged.

    python -m bench.sheets [--rows 10000] [--only sqlite|postgresql]

Beside them stands what the same machine does at the same moment with the same workbook: openpyxl
reading it, and one bare INSERT for each row.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from time import process_time
from typing import Final

import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy.engine import Engine

from bench.harness import KINDS, each_kind
from booking.access.actor import Actor
from booking.db.outside import Outside
from booking.db.transactions import unit_of_work
from booking.instruments.jobs import import_sheets
from booking.instruments.models.tables import INSTRUMENT
from booking.settings import Settings
from booking.wiring import REACTIONS
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import make_instrument, make_lab
from tests.factories.sheets import GOOD, send, sheet

NOW: Final = datetime(2026, 11, 23, 2, tzinfo=UTC)
_KINDS: Final = ("扫描电子显微镜", "透射电子显微镜", "质谱仪", "X射线衍射仪", "拉曼光谱仪")


def rows(count: int) -> Iterator[Mapping[str, object]]:
    """Instruments of some kinds, each with a name and a number of its own."""
    for number in range(count):
        name = f"{_KINDS[number % len(_KINDS)]} {number} 号"
        yield GOOD | {"inner_id": f"SH-{number:05d}", "name": name}


def seconds(deed: Callable[[], object]) -> float:
    """Of our own work, however busy the machine is; what the database does is its own."""
    begun = process_time()
    deed()
    return process_time() - begun


def measure(engine: Engine, count: int) -> None:
    """Print the four figures, and how they stand to the plain ones."""
    with unit_of_work(engine, REACTIONS) as uow:
        lab = make_lab(uow).key
        actor = make_lab_person(uow, lab)
        card = make_instrument(uow, lab_id=lab).model_dump(exclude={"id"})
    content = sheet(*rows(count))
    plain = seconds(lambda: _read(content)) + seconds(lambda: _inserted(engine, card, count))
    looked = seconds(lambda: _sent(engine, content, actor))
    taken = seconds(lambda: _taken_in(engine))
    _sent(engine, content, actor)
    again = seconds(lambda: _taken_in(engine))
    print(f"  read by openpyxl and inserted bare  {count / plain:8.0f} rows/s")
    for what, took in (("looked over", looked), ("taken in", taken), ("sent again", again)):
        print(f"  {what:<36}{count / took:8.0f} rows/s {took / plain:6.2f}x the plain way's time")


def _read(content: bytes) -> int:
    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))


def _inserted(engine: Engine, card: Mapping[str, object], count: int) -> None:
    """In one transaction that is taken back."""
    insert = sa.insert(INSTRUMENT)
    with engine.connect() as connection:
        for number in range(count):
            connection.execute(insert, {**card, "inner_id": f"bare-{number}"})
        connection.rollback()


def _sent(engine: Engine, content: bytes, actor: Actor) -> None:
    with unit_of_work(engine, REACTIONS) as uow:
        send(uow, content, actor=actor, now=NOW)


def _taken_in(engine: Engine) -> None:
    import_sheets(Outside(engine, REACTIONS, Settings()), NOW, seconds=3600)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--only", choices=KINDS)
    told = parser.parse_args()
    for engine in each_kind(told.only):
        measure(engine, told.rows)


if __name__ == "__main__":
    main()
