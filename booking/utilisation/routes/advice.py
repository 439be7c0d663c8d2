"""What the figures advise, each with its numbers and the way to what is behind them."""

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.utilisation.forms import AdviceNarrowed, PromisesDep, unmet_asked_by
from booking.utilisation.report.advice import AdviceReport, advice_in_sight
from booking.utilisation.routes.report import periods_to_choose
from booking.utilisation.rules.advice import Advice, AdviceKind
from booking.utilisation.rules.hours import hours
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, csv_lines, streamed
from booking.web.filters import localised
from booking.web.formats import hours_figure, percent_text, weekday_name
from booking.web.forms import blank
from booking.web.i18n import gettext
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.words import words

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.UTILISATION_READ)]
Asking = Annotated[AdviceNarrowed, Query()]


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of advice in words, with the address of its evidence."""

    advice: Advice
    text: str
    evidence: str


@router.get("/utilisation/advice", name="advice")
def advice(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    promises: PromisesDep,
    wanted: Asking,
    reader: Reader,
) -> Response:
    """What could be done about the instruments in the reader's reach."""
    now = clock.now()
    asked = unmet_asked_by(reader, wanted, now=now)
    report = _named(advice_in_sight(session, asked, wanted.thresholds, promises=promises, now=now))
    named = {"period": asked.period.code}
    return page.render(
        "utilisation/advice.html",
        report=report,
        said=[
            Said(one, text_of(one), page.url(*_evidence(one), **named, **_narrowing(one)))
            for one in report.advice
        ],
        form=blank(period=asked.period.code, **_typed(wanted)),
        periods=periods_to_choose(now, asked.period),
        # Days of one's own are in the code of the period.
        query=wanted.model_dump(mode="json", exclude_none=True, exclude={"first", "last"}) | named,
        kept={
            name: value
            for name in ("lab", "instrument", "organisation", "district")
            if (value := getattr(wanted, name)) is not None
        },
    )


@router.get("/utilisation/advice.csv", name="advice_csv")
def advice_csv(
    session: Reading, clock: ClockDep, promises: PromisesDep, wanted: Asking, reader: Reader
) -> Response:
    """The same as a file."""
    now = clock.now()
    asked = unmet_asked_by(reader, wanted, now=now)
    report = _named(advice_in_sight(session, asked, wanted.thresholds, promises=promises, now=now))
    head = [gettext("Instrument"), gettext("Advice"), gettext("Hours concerned")]
    rows = [[one.name, text_of(one), hours(one.seconds)] for one in report.advice]
    filename = f"advice-{asked.period.code}.csv"
    return streamed(csv_lines(head, rows), filename=filename, media_type=CSV)


def _named(report: AdviceReport) -> AdviceReport:
    """The report with instruments as they are called in the reader's language."""

    def called(one: Advice) -> Advice:
        figures, english = dict(one.figures), report.english
        if "sibling" in figures:
            sibling = english.get(int(figures["sibling_id"]), "")
            figures["sibling"] = localised(str(figures["sibling"]), sibling)
        name = localised(one.name, english.get(one.instrument_id, ""))
        return replace(one, name=name, figures=figures)

    return replace(report, advice=[called(one) for one in report.advice])


def text_of(one: Advice) -> str:
    """A piece of advice as a sentence."""
    return words(one.kind, {name: _spoken(name, value) for name, value in one.figures.items()})


def _spoken(name: str, value: Fraction | int | str) -> str:
    if isinstance(value, str):
        return value
    if name.endswith("_percent"):
        return percent_text(Fraction(value) / 100)
    if name == "weekday":
        return weekday_name(int(value))
    if name in {"from_hour", "until_hour"}:
        return f"{int(value):02d}:00"
    if name.endswith("_hours"):
        return hours_figure(int(value * 3600))
    return str(value)


def _evidence(one: Advice) -> tuple[str]:
    """The page whose figures it is drawn from."""
    in_vain = one.kind in {
        AdviceKind.OPEN_DAY,
        AdviceKind.OPEN_HOURS,
        AdviceKind.SECOND_PLACE,
        AdviceKind.SIBLING,
    }
    return ("unmet" if in_vain else "utilisation",)


def _narrowing(one: Advice) -> dict[str, object]:
    return {"by": "instrument", "instrument": one.instrument_id}


def _typed(wanted: AdviceNarrowed) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(wanted.thresholds).items()}
