"""Instruments as files: the template, one's list, faulty rows."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any, Final

import xlsxwriter

from booking.instruments.queries.imports import FaultRow
from booking.instruments.queries.sheets import WholeCard
from booking.instruments.rules.cells import CLEAR, guarded, written
from booking.instruments.rules.columns import (
    APART,
    COLUMNS,
    FAULT_HEADING,
    HEADINGS,
    LAB,
    MOST_ROWS,
    OPENING,
    PART_OF,
    SCHEME_OF,
    SHEET_TITLE,
    YES_NO,
    Column,
    Kind,
    Need,
)
from booking.instruments.rules.opening import Hours
from booking.instruments.rules.rows import Labs
from booking.instruments.rules.spelt_week import written_week
from booking.kernel.money import yuan
from booking.web.downloads import Cell, csv_lines
from booking.web.workbooks import xlsx_chunks

_NEEDS: Final = {Need.REQUIRED: "必填", Need.RECOMMENDED: "建议填写", Need.OPTIONAL: "选填"}
_KINDS: Final = {
    Kind.TEXT: "文本",
    Kind.CODE: "编码",
    Kind.AMOUNT: "金额（元）",
    Kind.COUNT: "整数",
    Kind.DAY: "日期，如 2026-11-23",
    Kind.YES_NO: "是 / 否",
    Kind.CHOICE: "选一项",
    Kind.CHOICES: "可选多项，用顿号分开",
    Kind.LIST: "可填多项，用顿号分开",
    Kind.HOURS: "如 周一至周五 08:30-12:00 13:30-17:30；周六 22:00-次日06:00；周日 全天",
    Kind.OTHER_CODE: "编码",
}
_EXPLAINED: Final = ("列", "是否必填", "填写方式", "最多字数", "最多项数", "可选内容", "说明")
_HINTS: Final = (
    f"每行一台仪器，最多 {MOST_ROWS} 行；列的顺序可变，选填的列可以删去；多余的列不会读取。",
    "按“实验室”和“内部编号”找到已有的仪器并修改，没有的新建为草稿。同一文件再次导入不会改变任何内容。",
    f"空单元格不改变已有内容；要清空一项，请写“{CLEAR}”。",
    "有错误的行不会写入，会连同错误说明退回，改好后可直接再次导入。",
)
_CHECKED_LINES: Final = MOST_ROWS
_WIDTH: Final = 18

Say = Callable[[str, Mapping[str, object]], str]


def template_csv() -> Iterator[bytes]:
    """The headings alone."""
    return csv_lines(HEADINGS, ())


def template_xlsx() -> bytes:
    """The headings with what may be chosen, and a sheet that explains them."""
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as book:
            _blank_sheet(book)
            _explanation(book)
        file.seek(0)
        return file.read()


def _blank_sheet(book: Any) -> None:
    sheet = book.add_worksheet(SHEET_TITLE)
    head, must = book.add_format({"bold": True}), book.add_format({"bold": True, "color": "red"})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    for place, column in enumerate(COLUMNS):
        form = {Kind.DAY: day, Kind.AMOUNT: None, Kind.COUNT: None}.get(column.kind, text)
        sheet.set_column(place, place, _WIDTH, form)
        sheet.write_string(0, place, column.heading, must if column.need is Need.REQUIRED else head)
        if column.kind in {Kind.CHOICE, Kind.YES_NO}:
            words = column.words or YES_NO
            offered = {"validate": "list", "source": list(words.values())}
            sheet.data_validation(1, place, _CHECKED_LINES, place, offered)
    sheet.freeze_panes(1, 2)


def _explanation(book: Any) -> None:
    sheet = book.add_worksheet("填写说明")
    bold = book.add_format({"bold": True})
    sheet.set_column(0, len(_EXPLAINED) - 1, _WIDTH)
    for line, hint in enumerate(_HINTS):
        sheet.write_string(line, 0, hint)
    first = len(_HINTS) + 1
    for line, cells in enumerate(chain([_EXPLAINED], map(_explained, COLUMNS)), first):
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, bold if line == first else None)


def _explained(column: Column) -> tuple[str, ...]:
    words = (column.words or (YES_NO if column.kind is Kind.YES_NO else {})).values()
    return (
        *(column.heading, _NEEDS[column.need], _KINDS[column.kind]),
        *(str(limit) if limit else "" for limit in (column.longest, column.most)),
        *("、".join(words), column.note),
    )


def cards_csv(cards: Iterable[WholeCard], labs: Labs) -> Iterator[bytes]:
    """What the import reads back without changing anything."""
    return csv_lines(HEADINGS, (_cells(card, labs) for card in cards))


def cards_xlsx(cards: Iterable[WholeCard], labs: Labs) -> Iterator[bytes]:
    """The same as a workbook."""
    return xlsx_chunks(SHEET_TITLE, HEADINGS, (_cells(card, labs) for card in cards))


def _cells(card: WholeCard, labs: Labs) -> list[Cell]:
    return [_cell(column, card, labs) for column in COLUMNS]


def _cell(column: Column, card: WholeCard, labs: Labs) -> Cell:
    if column is LAB:
        return guarded(labs.written(card["lab_id"]))
    if column.kind is Kind.AMOUNT:
        return Decimal(yuan(card["original_value_fen"]))
    if column.key in APART:
        return guarded(_apart(column, card))
    if column.kind is Kind.COUNT:
        return int(card[column.key])
    return guarded(written(column, card[column.key]))


def _apart(column: Column, card: WholeCard) -> str:
    if column is OPENING:
        return written_week(_week(card["windows"]))
    if column is PART_OF:
        return str(card["whole"] or "")
    return str(card["other_codes"].get(SCHEME_OF[column.key].value, ""))


def _week(windows: str | None) -> dict[int, list[Hours]]:
    week: dict[int, list[Hours]] = {}
    for window in filter(None, (windows or "").split(",")):
        weekday, opens, closes = map(int, window.split())
        week.setdefault(weekday, []).append(Hours(opens, closes))
    return week


def faults_csv(rows: Iterable[FaultRow], say: Say) -> Iterator[bytes]:
    """Faulty rows as they were sent, with what is wrong first; to be corrected and sent again."""
    return csv_lines((FAULT_HEADING, *HEADINGS), (_faulty(row, say) for row in rows))


def faults_xlsx(rows: Iterable[FaultRow], say: Say) -> Iterator[bytes]:
    """The same as a workbook."""
    lines = (_faulty(row, say) for row in rows)
    return xlsx_chunks(SHEET_TITLE, (FAULT_HEADING, *HEADINGS), lines)


def _faulty(row: FaultRow, say: Say) -> list[Cell]:
    told = "；".join(say(code, params) for code, params in row.faults)
    return [told, *(guarded(row.cells.get(column.key, "")) for column in COLUMNS)]
