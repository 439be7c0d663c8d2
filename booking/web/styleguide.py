"""Made-up values that show every part once, on `/styleguide`."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import BaseModel

from booking.kernel.clock import local
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan, local_midnight
from booking.web.blocks import Block, BlockKind, Hours
from booking.web.charts import Bar, Heat, Line, Step, bars, heat, line, waterfall
from booking.web.forms import Filled
from booking.web.pictures import Mark, Picture, Series, columns
from booking.web.problems import Problem
from booking.web.timeline import LineRow, Timeline, timeline
from booking.web.week import WeekGrid, days_of_week, week_grid

_HOURS = Hours(8, 18)


@dataclass(frozen=True, slots=True)
class Samples:
    """What the page shows."""

    now: datetime
    span: TimeSpan
    form: Filled[BaseModel]
    problem: Problem
    week: WeekGrid
    line: Timeline
    waterfall: tuple[Bar, ...]
    bars: tuple[Bar, ...]
    curve: Line
    heat: Heat
    picture: Picture


def samples(now: datetime) -> Samples:
    """The context of the style guide."""
    today = local(now).date()
    span = _at(today, 13, 16)
    return Samples(
        now=now,
        span=span,
        form=_form(),
        problem=_problem(),
        week=_week(today, now),
        line=_line(today, now),
        waterfall=_waterfall(),
        bars=bars(
            [Step("SEM", 1612, "1,612"), Step("XRD", 988, "988"), Step("NMR", 240, "240")],
            mark=1599,
        ),
        curve=line([(f"{m}", (m * 37) % 50 + 20, f"{(m * 37) % 50 + 20}") for m in range(1, 13)]),
        heat=heat(
            [(str(d), [((d * h) % 7, str(d * h % 7)) for h in range(8, 20)]) for d in range(1, 8)],
            [str(h) for h in range(8, 20)],
        ),
        picture=_picture(),
    )


def _picture() -> Picture:
    hours = [(m * 37) % 50 + 90 for m in range(1, 13)]
    series = Series("有效机时", "accent", hours, [str(one) for one in hours])
    months = [f"{m} 月" for m in range(1, 13)]
    return columns(months, [series], [Mark("全国平均", 133)], of="月份")


def _at(day: date, first: float, last: float) -> TimeSpan:
    midnight = local_midnight(day)
    return TimeSpan(midnight + timedelta(hours=first), midnight + timedelta(hours=last))


def _form() -> Filled[BaseModel]:
    return Filled(
        {"purpose": ["断口形貌"], "samples": ["0"], "mode": ["assisted"], "kinds": ["a"]},
        faults={"samples": [Violation("form.too_small", {"limit": 1})]},
    )


def _problem() -> Problem:
    return Problem(
        status=422,
        code="rules_broken",
        kind="invalid",
        violations=(
            Violation("form.too_large", {"field": "samples", "limit": 12}),
            Violation("record.changed"),
        ),
    )


def _week(today: date, now: datetime) -> WeekGrid:
    days = days_of_week(today)
    blocks = [
        Block(_at(days[0], 8, 11), BlockKind.OCCUPIED),
        Block(_at(days[0], 13, 16), BlockKind.MINE, href="#mine"),
        Block(_at(days[0], 11, 13), BlockKind.FREE, href="#free"),
        Block(_at(days[1], 8.5, 13), BlockKind.OCCUPIED),
        Block(_at(days[1], 13, 16), BlockKind.SELECTED),
        Block(_at(days[2], 8, 18), BlockKind.MAINTENANCE, "灯丝更换"),
        Block(_at(days[3], 10, 12), BlockKind.OCCUPIED),
        Block(_at(days[3], 11, 14), BlockKind.REQUEST),
        Block(_at(days[4], 9, 11.5), BlockKind.FAULT),
        Block(_at(days[4], 14, 14.5), BlockKind.OCCUPIED),
        Block(_at(days[5], 8, 18), BlockKind.CLOSED),
        Block(_at(days[6], 8, 18), BlockKind.CLOSED),
    ]
    return week_grid(days, blocks, hours=_HOURS, now=now)


def _line(today: date, now: datetime) -> Timeline:
    rows = [
        LineRow(
            "扫描电镜",
            [
                Block(_at(today, 8, 11), BlockKind.DONE, "示例光电 3 小时"),
                Block(_at(today, 11.5, 14), BlockKind.LIVE, "示例新材料", "#out"),
            ],
            sub="XM-5000",
            href="#sem",
        ),
        LineRow(
            "透射电镜",
            [
                Block(_at(today, 12, 15), BlockKind.LATE, "示例检测 迟到 12 分", "#in"),
                Block(_at(today, 15.5, 17.5), BlockKind.NEXT, "示例大学 课题组"),
            ],
            sub="200 kV",
        ),
        LineRow("核磁共振", [Block(_at(today, 8, 18), BlockKind.MAINTENANCE, "液氦补充")]),
    ]
    return timeline([today], rows, hours=_HOURS, now=now)


def _waterfall() -> tuple[Bar, ...]:
    return waterfall(
        [
            Step("日历", 720, "720 h", "soft", total=True),
            Step("不开放", 400, "−400 h", "idle"),
            Step("维护", 20, "−20 h", "warn"),
            Step("故障", 12, "−12 h", "danger"),
            Step("开放", 288, "288 h", "soft", total=True),
            Step("空闲", 90, "−90 h", "idle"),
            Step("约而未用", 18, "−18 h", "busy"),
            Step("使用", 180, "180 h", "accent", total=True),
        ]
    )
