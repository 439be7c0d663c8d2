"""A trial's report as a page shows it: charts, the first winners and losers, reasons in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session

from booking.subsidies.exports.tables import reason_words
from booking.subsidies.queries.simulations import names_of
from booking.subsidies.rules.explanation import name_of, tongue_of
from booking.web import charts
from booking.web.formats import money_text
from booking.web.i18n import gettext, language

Json = dict[str, Any]
_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Company:
    """A company's two amounts; what it wins is positive."""

    name: str
    trial_fen: int
    today_fen: int
    difference_fen: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A limit or a reason, how often on each side, and how much it took."""

    programme: str
    said: str
    lines: int
    companies: int | None
    amount_fen: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the template walks over."""

    report: Json
    winners: Sequence[Company]
    losers: Sequence[Company]
    more: int
    sides: Sequence[tuple[str, Json, Sequence[Hit]]]
    distribution: Sequence[charts.Bar]
    months: charts.Line | None


def shown(session: Session, report: Json) -> Shown:
    """The report with names, words and charts."""
    won = [row for row in report["companies"] if row["difference_fen"] > 0][:_MOST]
    lost = [row for row in report["companies"] if row["difference_fen"] < 0][-_MOST:][::-1]
    names = names_of(session, [row["organisation_id"] for row in (*won, *lost)])
    sides = ((gettext("Tried"), report["trial"]), (gettext("Today's rule"), report["today"]))
    return Shown(
        report=report,
        winners=[_company(row, names) for row in won],
        losers=[_company(row, names) for row in lost],
        more=report["winners"] + report["losers"] - len(won) - len(lost),
        sides=[(title, side, _hits(side)) for title, side in sides],
        distribution=_distribution(report),
        months=_months(report["trial"]),
    )


def _company(row: Json, names: Mapping[int, str]) -> Company:
    name = names.get(row["organisation_id"], str(row["organisation_id"]))
    return Company(name, row["trial_fen"], row["today_fen"], row["difference_fen"])


def _hits(side: Json) -> list[Hit]:
    tongue = tongue_of(language())
    cuts = [
        Hit(
            cut["programme"],
            reason_words(cut["reason"], tongue),
            cut["lines"],
            cut["companies"],
            cut["amount_fen"],
        )
        for cut in side["cuts"]
    ]
    reasons = [
        Hit(one["programme"], _refusal(one["reason"]), one["lines"], None, None)
        for one in side["reasons"]
    ]
    return [*cuts, *reasons]


def _refusal(reason: str) -> str:
    """`excluded:batch_test` by the name of the flag, other reasons by their own."""
    kind, _, flag = reason.partition(":")
    return gettext("Not eligible: %(why)s") % {"why": name_of(flag or kind, tongue_of(language()))}


def _distribution(report: Json) -> Sequence[charts.Bar]:
    steps = []
    for row in report["distribution"]:
        label = _range(row)
        for side, words, fill in (
            ("trial", gettext("Tried"), "accent"),
            ("today", gettext("Today's rule"), "idle"),
        ):
            count = row[side]
            steps.append(charts.Step(f"{label} · {words}", count, str(count), fill))  # type: ignore[arg-type]  # a Fill
    return charts.bars(steps)


def _range(row: Json) -> str:
    if row["over_fen"] is None:
        return gettext("Nothing")
    if row["up_to_fen"] is None:
        return gettext("Over %(low)s") % {"low": money_text(row["over_fen"])}
    return f"{money_text(row['over_fen'])} – {money_text(row['up_to_fen'])}"


def _months(side: Json) -> charts.Line | None:
    if len(side["months"]) < 2:
        return None
    return charts.line(
        [
            (row["month"], row["payable_fen"], money_text(row["payable_fen"]))
            for row in side["months"]
        ]
    )
