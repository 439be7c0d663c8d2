"""Files for the national platform: instruments, what customs keep of them, units."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from booking.instruments.queries.sheets import UnitCounts, WholeCard
from booking.instruments.queries.year_figures import YearFigures, summed
from booking.instruments.rules import customs, national, unit_record
from booking.instruments.rules.records import Field, Flaw, flaws_of, told_by, written_flaw
from booking.instruments.states import PUBLIC
from booking.web.downloads import Cell
from booking.web.workbooks import xlsx_chunks

Record = dict[str, Any]
_STATUS: Final = "提交状态 auditStatus"
_LACKS: Final = "缺项"
_YEAR: Final = "统计年度"


@dataclass(frozen=True, slots=True)
class Year:
    """The year that records speak of, and the address at which people reach the centre."""

    number: int
    public_url: str
    figures: Mapping[int, YearFigures] = field(default_factory=dict)


def filled(card: WholeCard, year: Year) -> Mapping[Any, Any]:
    """A card with what its record says besides: addresses everybody reaches, hours of the year."""
    base, is_public = year.public_url.rstrip("/"), card["state"] in PUBLIC
    picture = card["picture_id"] if is_public else None
    known = year.figures.get(card["id"])
    return {
        **card,
        "service_url": f"{base}/instruments/{card['id']}" if is_public else "",
        "image_url": f"{base}/pictures/{picture}" if picture else "",
        "run_seconds": None if known is None else known.run_seconds,
        "service_seconds": None if known is None else known.service_seconds,
    }


def units_with(
    units: Iterable[UnitCounts], owners: Mapping[int, int], figures: Mapping[int, YearFigures]
) -> list[Mapping[Any, Any]]:
    """Units with what the uses of their instruments came to in a year."""
    known: dict[int, list[YearFigures]] = {}
    for instrument_id, owner_id in owners.items():
        if instrument_id in figures:
            known.setdefault(owner_id, []).append(figures[instrument_id])
    return [_unit_told(unit, known.get(unit.id)) for unit in units]


def _unit_told(unit: UnitCounts, figures: list[YearFigures] | None) -> Mapping[Any, Any]:
    total = summed(figures) if figures else None
    return {
        **asdict(unit),
        "external_seconds": None if total is None else total.service_seconds,
        "income_fen": None if total is None else total.income_fen,
    }


def instruments_xlsx(cards: Iterable[WholeCard], year: Year) -> Iterator[bytes]:
    """Records of single instruments, with what is missing at the end of each."""
    lines = (
        _row(*national.record(one).values(), year.number, _written(national.flaws(one)))
        for one in (filled(card, year) for card in cards)
    )
    return xlsx_chunks("单台套仪器", (*_headings(national.FIELDS), _STATUS, _YEAR, _LACKS), lines)


def instruments_json(cards: Iterable[WholeCard], year: Year) -> Iterator[bytes]:
    """The same as a list, record by record."""
    return _json_list(instrument_record(card, year) for card in cards)


def instrument_record(card: WholeCard, year: Year) -> Record:
    """The record of one instrument, and what it lacks."""
    one = filled(card, year)
    return {**national.record(one), "year": year.number, "missing": _told(national.flaws(one))}


def customs_xlsx(cards: Iterable[WholeCard]) -> Iterator[bytes]:
    """What customs keep of the instruments they supervise."""
    lines = (
        [*told_by(customs.FIELDS, card).values(), _written(flaws_of(customs.FIELDS, card))]
        for card in cards
        if card["customs_supervised"]
    )
    headings = (*(one.heading for one in customs.FIELDS), _LACKS)
    return xlsx_chunks("海关监管信息", headings, lines)


def customs_json(cards: Iterable[WholeCard]) -> Iterator[bytes]:
    """The same as a list; of the fields only the Chinese names are known."""
    return _json_list(customs_record(card) for card in cards if card["customs_supervised"])


def customs_record(card: WholeCard) -> Record:
    """What customs keep of one instrument, and what is missing of it."""
    return {
        **told_by(customs.FIELDS, card),
        "missing": _told(flaws_of(customs.FIELDS, card)),
    }


def units_xlsx(units: Iterable[Mapping[Any, Any]], year: int) -> Iterator[bytes]:
    """Records of the units themselves."""
    fields = unit_record.FIELDS
    lines = (
        _row(*told_by(fields, unit).values(), year, _written(flaws_of(fields, unit)))
        for unit in units
    )
    return xlsx_chunks("单位", (*_headings(fields), _YEAR, _LACKS), lines)


def units_json(units: Iterable[Mapping[Any, Any]], year: int) -> Iterator[bytes]:
    """The same as a list."""
    return _json_list(unit_record_of(unit, year) for unit in units)


def unit_record_of(unit: Mapping[Any, Any], year: int) -> Record:
    """The record of a unit, and what it lacks."""
    fields = unit_record.FIELDS
    return {**told_by(fields, unit), "year": year, "missing": _told(flaws_of(fields, unit))}


def _headings(fields: Sequence[Field]) -> tuple[str, ...]:
    return tuple(
        one.name if one.heading == one.name else f"{one.heading} {one.name}" for one in fields
    )


def _row(*cells: Cell) -> list[Cell]:
    return list(cells)


def _written(flaws: Sequence[Flaw]) -> str:
    return "；".join(map(written_flaw, flaws))


def _told(flaws: Sequence[Flaw]) -> list[Record]:
    return [
        {"field": flaw.field.name, "over": flaw.over, "required": flaw.blocks} for flaw in flaws
    ]


def _json_list(records: Iterable[Record]) -> Iterator[bytes]:
    yield b"["
    for number, one in enumerate(records):
        yield (",\n" if number else "\n").encode()
        yield json.dumps(one, ensure_ascii=False).encode()
    yield b"\n]\n"
