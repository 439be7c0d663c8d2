"""Sheets of instruments, sent and taken in as people and the clock do it."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.engine import Engine

from booking.access.actor import Actor
from booking.db.outside import Outside
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.files.providers.disk import vault_of
from booking.instruments.actions.import_cards import send_sheet
from booking.instruments.actions.look_over_sheet import looked_over
from booking.instruments.jobs import import_sheets
from booking.instruments.models.sheet_import import SheetImport
from booking.instruments.rules.columns import BY_KEY
from booking.settings import Settings
from booking.wiring import REACTIONS
from tests.factories.files import Chosen, workbook_of

GOOD: dict[str, object] = {
    "inner_id": "SH-1",
    "name": "场发射扫描电子显微镜",
    "name_en": "Field-emission SEM",
    "category_code": "010102",
    "original_value": "3980000.00",
    "manufacturer": "示例电子光学仪器公司",
    "start_date": "2022-05-30",
    "acceptance_date": "2022-05-18",
    "disciplines": "材料科学、化学",
    "share_mode": "外部共享",
    "service_modes": "自主上机、委托送样",
    "units": "2",
    "opening": "周一至周五 08:30-12:00 13:30-17:30；周六 22:00-次日06:00",
    "code_moe": "03030404",
    "code_gbt14885": None,
    "part_of_id": None,
    "aliases": "SEM、扫描电镜",
}


def lines(rows: Iterable[Mapping[str, object]]) -> Iterable[Sequence[object]]:
    """Headings, and a line for each row, in the columns of the first one."""
    keys: list[str] = []
    for row in rows:
        if not keys:
            keys = list(row)
            yield [BY_KEY[key].heading for key in keys]
        yield [row.get(key) for key in keys]


def sheet(*rows: Mapping[str, object]) -> bytes:
    """A workbook of rows under our headings."""
    return workbook_of(lines(rows))


def csv_sheet(*rows: Mapping[str, object]) -> bytes:
    """The same as spreadsheets save it in China: a text in GB 18030, lines that end in CR LF."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines(rows))
    return text.getvalue().encode("gb18030")


def send(
    uow: UnitOfWork, content: bytes, *, actor: Actor, now: datetime, lab_id: int | None = None
) -> SheetImport:
    """A sheet is looked over and kept."""
    vault = vault_of(uow.session.get_bind())
    looked = looked_over(vault, Chosen(content, "仪器.xlsx"))
    return send_sheet(uow, looked, lab_id=lab_id, actor=actor, now=now)


def take_in(
    engine: Engine, content: bytes, *, actor: Actor, now: datetime, lab_id: int | None = None
) -> SheetImport:
    """A sheet is sent, and the job runs until it is through."""
    with unit_of_work(engine, REACTIONS) as uow:
        sent = send(uow, content, actor=actor, now=now, lab_id=lab_id).key
    import_sheets(Outside(engine, REACTIONS, Settings()), now, seconds=600)
    with unit_of_work(engine, REACTIONS) as uow:
        return uow.session.get_one(SheetImport, sent)
