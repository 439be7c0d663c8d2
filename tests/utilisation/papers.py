"""A provider's year for tests of its paper, invented without a database.

`python -m tests.utilisation.papers` writes what the paper says anew.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2

from booking.instruments.rules.categories import Category
from booking.kernel.periods import Period
from booking.utilisation.exports.year_paper import YearPaper, year_pdf
from booking.utilisation.queries.kept import InstrumentInSight
from booking.utilisation.report.pooled import By, Group, MonthLine, Report
from booking.utilisation.report.year import Gap, Missing, Year
from booking.utilisation.routes.year_words import paper_of
from booking.utilisation.rules.indicators import HOUR, Figures, indicators
from booking.utilisation.rules.months import MonthFigures
from booking.utilisation.rules.pieces import pieces_of
from booking.utilisation.rules.waterfall import Waterfall
from booking.web.i18n import Language, begin_speaking

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "year"
WORDS: dict[str, Language] = {"year.zh.txt": "zh_CN", "year.en.txt": "en"}


def year(instruments: int = 2, name: str = "示例扫描电镜") -> Year:
    """Some instruments in 2026, each used a little more than the one before."""
    period = Period.parse("2026")
    keys = range(1, instruments + 1)
    figures = {key: _figures(key) for key in keys}
    lines = [
        MonthLine(piece, instruments, _month(piece.month.first.month), 1_200_00)
        for piece in pieces_of(period)
    ]
    report = Report(
        period,
        By.INSTRUMENT,
        tuple(Group(key, f"{name}{key}", indicators([figures[key]], users=key)) for key in keys),
        indicators(list(figures.values()), users=instruments),
        period.months()[-1],
        True,
        tuple(lines),
    )
    missing = [Missing(1, f"{name}1", Gap.NOT_FILED), Missing(2, f"{name}2", Gap.UNCONFIRMED, 3)]
    return Year(report, {key: _card(key, f"{name}{key}") for key in keys}, missing)


def _figures(key: int) -> Figures:
    return Figures(
        waterfall=Waterfall(
            closed=6000 * HOUR,
            maintenance=60 * HOUR,
            fault=20 * HOUR,
            used=(600 + key) * HOUR,
            booked_unused=80 * HOUR,
            idle=(2000 - key) * HOUR,
        ),
        effective=(500 + key) * HOUR,
        external=100 * HOUR,
        rated=1400 * HOUR,
        bookable=True,
        reservations=100,
        missed=4,
        uses=90,
        samples=300 + key,
        faults=2,
        income_fen=12_345_600,
        subsidy_fen=3_000_000,
        length=8760 * HOUR,
        in_service=8760 * HOUR,
        filing_due=True,
        filed=key != 1,
    )


def _month(number: int) -> MonthFigures:
    water = Waterfall(closed=500 * HOUR, used=50 * HOUR, idle=170 * HOUR)
    return MonthFigures(
        waterfall=water,
        effective=(60 + number) * HOUR,
        external=10 * number * HOUR // 2,
        income_fen=100_000 * number,
    )


def _card(key: int, name: str) -> InstrumentInSight:
    return InstrumentInSight(
        id=key,
        name=name,
        lab_id=1,
        lab_name="示例实验室",
        organisation_id=1,
        organisation_name="示例大学",
        district="fengxi",
        general=True,
        bookable=True,
        units=1,
        begun_at=datetime(2025, 1, 1, tzinfo=UTC),
        retired_at=None,
        category=Category.ANALYTICAL,
        value_fen=286_000_000,
        filing_due=None,
        filed_on=None,
    )


def paper(
    language: Language = "zh_CN", *, subsidy: bool = True, of: Year | None = None
) -> YearPaper:
    """The paper in a language."""
    begin_speaking(language)
    return paper_of(of or year(), "示例大学", subsidy=subsidy)


def pages_of(pdf: bytes) -> list[str]:
    """What each page says."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def told() -> Iterator[tuple[str, bytes]]:
    """Every golden file and what it should say."""
    for name, language in WORDS.items():
        pages = "\f\n".join(pages_of(year_pdf(paper(language))))
        yield name, "\n".join(line.rstrip() for line in pages.splitlines()).encode() + b"\n"


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for one, content in told():
        (GOLDEN / one).write_bytes(content)
