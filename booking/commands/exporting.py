"""`booking export`: a period's statements, payment list, utilisation or ledger, or the records
of the national platform, as files in a directory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import Engine
from sqlmodel import Session

from booking.analytics.exports import export as analytics
from booking.commands.reckoning import period_of
from booking.commands.setting import CLOCK, database, refusals_told, stop
from booking.db.transactions import read_session
from booking.instruments.platform import (
    Year,
    customs_json,
    customs_xlsx,
    instruments_json,
    instruments_xlsx,
    units_json,
    units_with,
    units_xlsx,
)
from booking.instruments.queries.cards import Insider
from booking.instruments.queries.sheets import Wish, every_card, owners_of, units_of
from booking.instruments.states import FINAL
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.ledger.exports import beancount
from booking.settings import Settings
from booking.subsidies.exports.bundle import files_of, payment_files
from booking.subsidies.exports.paper import paper_for
from booking.subsidies.queries.granted import LockedGrants
from booking.subsidies.queries.settlements import settlement_view
from booking.subsidies.statements import content_of
from booking.utilisation.report.pooled import Asked, By, Group, waterfall_of
from booking.utilisation.report.told import money, told
from booking.utilisation.report.year_figures import CountedFigures
from booking.web.downloads import Cell, csv_bytes

File = tuple[str, bytes]


class What(StrEnum):
    """What can be taken out."""

    STATEMENTS = "statements"
    PAYMENTS = "payments"
    UTILISATION = "utilisation"
    NATIONAL = "national"
    LEDGER = "ledger"


def export(
    what: What,
    period: str,
    to: Annotated[Path, typer.Option("--to", file_okay=False, help="directory 目录")],
) -> None:
    """Write files of a period. 导出一个期间的结算单、兑付清单、使用率、账簿，或国家平台记录。"""
    wanted, now = period_of(period), CLOCK.now()
    to.mkdir(parents=True, exist_ok=True)
    with database() as engine, refusals_told(), read_session(engine) as session:
        for name, chunks in _streams(engine, session, what, period=wanted, now=now):
            with (to / name).open("wb") as file:
                file.writelines(chunks)
            typer.echo(str(to / name))
        for name, content in _files(session, what, wanted, now=now):
            (to / name).write_bytes(content)
            typer.echo(str(to / name))


def export_analytics(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="a new folder 新目录")],
) -> None:
    """Write the fact tables as Parquet, without persons. 导出分析用数据，不含个人信息。"""
    if folder.exists() and any(folder.iterdir()):
        stop(f"{folder} is not empty 目录非空")
    with database() as engine:
        for table in analytics(engine, folder, now=CLOCK.now()):
            typer.echo(f"{folder / table.file}  {table.rows}")


def _files(session: Session, what: What, period: Period, *, now: datetime) -> Iterator[File]:
    if what in {What.NATIONAL, What.LEDGER}:
        return
    if what is What.UTILISATION:
        yield _utilisation(session, period, now=now)
        return
    view = settlement_view(session, period.code)
    if what is What.PAYMENTS:
        yield from payment_files(view)
        return
    for row in view.statements:
        paper = paper_for(row, Settings().public_url, "zh")
        yield from files_of(row.number, content_of(session, row), paper)


def _streams(
    engine: Engine, session: Session, what: What, *, period: Period, now: datetime
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """What is written piece by piece."""
    if what is What.NATIONAL:
        yield from _national(engine, session, period, now=now)
    if what is What.LEDGER:
        yield f"ledger-{period.code}.beancount", beancount(session, period)


def _national(
    engine: Engine, session: Session, period: Period, *, now: datetime
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Every provider's instruments and the providers: cards as they stand now, hours and income of
    the year in which the period begins."""
    everybody = Wish(Insider(everywhere=True))
    wish = replace(everybody, leaving_out=FINAL)
    figures = CountedFigures().of_year(session, period.first.year, now=now)
    year = Year(period.first.year, Settings().public_url, figures)
    units = units_with(units_of(session, wish), owners_of(session, everybody), figures)
    yield "national-instruments.xlsx", instruments_xlsx(every_card(engine, wish), year)
    yield "national-instruments.json", instruments_json(every_card(engine, wish), year)
    yield "national-customs.xlsx", customs_xlsx(every_card(engine, wish))
    yield "national-customs.json", customs_json(every_card(engine, wish))
    yield "national-units.xlsx", units_xlsx(units, year.number)
    yield "national-units.json", units_json(units, year.number)


def _utilisation(session: Session, period: Period, *, now: datetime) -> File:
    """Every figure of the page, and of `GET /api/v1/utilisation` by the same names."""
    asked = Asked(period=period, by=By.INSTRUMENT, grants=LockedGrants())
    report = waterfall_of(session, asked, now=now)
    if not report.up_to_date:
        typer.echo("figures are those of the last roll-up 数据截至上次夜间统计", err=True)
    lines = [_line(group) for group in report.groups]
    head = list(lines[0]) if lines else ["instrument_id"]
    return f"utilisation-{period}.csv", csv_bytes(head, [list(line.values()) for line in lines])


def _line(group: Group) -> dict[str, Cell]:
    sums = money(group.indicators, income=True, subsidy=True)
    return {
        "instrument_id": str(group.key),
        "name": group.name,
        "name_en": group.name_en,
        **told(group.indicators, income=True, subsidy=True),
        **{name: None if fen is None else yuan(fen) for name, fen in sums.items()},
    }
