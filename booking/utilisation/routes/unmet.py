"""Unmet demand: a page that leads from every figure to the wishes behind it, and both as files."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.timespan import TimeSpan
from booking.utilisation.forms import UnmetNarrowed, unmet_asked_by
from booking.utilisation.report.pooled import By
from booking.utilisation.report.unmet import Behind, Rank, UnmetReport, behind, unmet_in_sight
from booking.utilisation.routes.drawing import drawn_unmet, hour_words, ranked_unmet
from booking.utilisation.routes.lines import IN_WORDS, group_words
from booking.utilisation.routes.report import Tab, periods_to_choose
from booking.utilisation.rules.hours import hours
from booking.utilisation.rules.unmet import Sum, Unmet
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, Cell, csv_lines, streamed
from booking.web.filters import localised
from booking.web.formats import moment_text
from booking.web.forms import blank
from booking.web.i18n import gettext
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.words import words

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.UTILISATION_READ)]
Asking = Annotated[UnmetNarrowed, Query()]
# The page shows so many wishes at a time, and so many ranks; the files have all.
SHOWN: Final = 60


@router.get("/utilisation/unmet", name="unmet")
def unmet(
    session: Reading, page: PageDep, clock: ClockDep, wanted: Asking, reader: Reader
) -> Response:
    """What was asked for and not given, of whose instruments and in which hours."""
    now = clock.now()
    asked = unmet_asked_by(reader, wanted, now=now)
    report = _named(unmet_in_sight(session, asked, hour=wanted.hour_of_week))
    query = _address(wanted) | {"period": asked.period.code}

    def leads(weekday: int, hour: int) -> str:
        return page.url("unmet", **(query | {"weekday": weekday, "hour": hour}))

    return page.render(
        "utilisation/unmet.html",
        report=report,
        ranks=report.ranks[:SHOWN],
        behind=_called(behind(session, report, skip=wanted.skip, most=SHOWN)),
        skip=wanted.skip,
        further=further if (further := wanted.skip + SHOWN) < report.requests else None,
        week=drawn_unmet(report, leads),
        bars=ranked_unmet(report, most=20),
        worst=_worst(report),
        hour=hour_words(*report.hour) if report.hour else "",
        tabs=[Tab(by, by is asked.by) for by in By],
        form=blank(period=asked.period.code),
        periods=periods_to_choose(now, asked.period),
        query=query,
        downs=DOWN[asked.by],
    )


def _address(wanted: UnmetNarrowed) -> dict[str, str | int]:
    """What narrows the page; days of one's own are in the code of the period."""
    return wanted.model_dump(mode="json", exclude_defaults=True, exclude={"first", "last", "skip"})


# By what a line of a ranking is narrowed, if by anything, and what is ranked then.
DOWN: Final = {
    By.ZONE: (None, By.DISTRICT.value),
    By.CLASS: ("category", By.INSTRUMENT.value),
    By.INSTRUMENT: ("instrument", By.INSTRUMENT.value),
    By.LAB: ("lab", By.INSTRUMENT.value),
    By.ORGANISATION: ("organisation", By.LAB.value),
    By.DISTRICT: ("district", By.ORGANISATION.value),
}


@router.get("/utilisation/unmet.csv", name="unmet_csv")
def unmet_csv(session: Reading, clock: ClockDep, wanted: Asking, reader: Reader) -> Response:
    """The ranking as a file."""
    asked = unmet_asked_by(reader, wanted, now=clock.now())
    report = _named(unmet_in_sight(session, asked, hour=wanted.hour_of_week))
    head = [gettext("Name"), *_reasons(), gettext("Unmet together"), gettext("Requests")]
    rows = [[rank.name, *_figures(rank.lost), rank.wishes] for rank in report.ranks]
    filename = f"unmet-{asked.period.code}-{asked.by.value}.csv"
    return streamed(csv_lines(head, rows), filename=filename, media_type=CSV)


@router.get("/utilisation/unmet-requests.csv", name="unmet_requests_csv")
def unmet_requests_csv(
    session: Reading, clock: ClockDep, wanted: Asking, reader: Reader
) -> Response:
    """The refusals and places behind the figures as a file."""
    asked = unmet_asked_by(reader, wanted, now=clock.now())
    report = _named(unmet_in_sight(session, asked, hour=wanted.hour_of_week))
    head = [
        gettext("Instrument"),
        gettext("Organisation"),
        gettext("Kind of user"),
        gettext("From"),
        gettext("Until"),
        gettext("Unmet hours"),
        gettext("Why"),
        gettext("Rules"),
        gettext("Asked"),
    ]
    rows = [_cells(one) for one in _called(behind(session, report))]
    filename = f"unmet-requests-{asked.period.code}.csv"
    return streamed(csv_lines(head, rows), filename=filename, media_type=CSV)


def _reasons() -> list[str]:
    return [words(why) for why in Unmet]


def _figures(lost: Sum) -> list[Cell]:
    return [hours(seconds) for seconds in (*(getattr(lost, w.value) for w in Unmet), lost.all)]


def _cells(one: Behind) -> list[Cell]:
    wish, span = one.wish, one.wish.span
    return [
        wish.instrument_name,
        wish.organisation_name,
        gettext("From outside") if wish.external else gettext("our own"),
        *_ends(span),
        hours(one.seconds),
        words(wish.why),
        " ".join(wish.codes),
        moment_text(wish.asked_at),
    ]


def _ends(span: TimeSpan) -> tuple[str, str]:
    return moment_text(span.start), moment_text(span.end)


def _named(report: UnmetReport) -> UnmetReport:
    """The report with its lines as they are called in the reader's language."""
    by = report.asked.by

    def name_of(rank: Rank) -> str:
        return (
            group_words(by, str(rank.key)) if by in IN_WORDS else localised(rank.name, rank.name_en)
        )

    return replace(report, ranks=[replace(rank, name=name_of(rank)) for rank in report.ranks])


def _called(some: Sequence[Behind]) -> list[Behind]:
    """Wishes with everything as it is called in the reader's language."""
    return [
        replace(
            one,
            wish=replace(
                one.wish,
                instrument_name=localised(one.wish.instrument_name, one.wish.instrument_name_en),
                organisation_name=localised(
                    one.wish.organisation_name, one.wish.organisation_name_en
                ),
            ),
        )
        for one in some
    ]


def _worst(report: UnmetReport) -> list[tuple[int, int, str, Sum]]:
    """The hours of the week most of which was wanted in vain, with words and figures."""
    order = sorted(report.by_hour.items(), key=lambda item: (-item[1].all, item[0]))
    return [(day, hour, hour_words(day, hour), lost) for (day, hour), lost in order[:12]]
