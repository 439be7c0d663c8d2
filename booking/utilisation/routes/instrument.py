"""One instrument in pictures, and the records behind each of its figures."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.utilisation.forms import GrantsDep, Narrowed, OfHour, RowId, asked_by
from booking.utilisation.queries.behind import closures_named
from booking.utilisation.queries.single_uses import GrantSource
from booking.utilisation.report.pooled import Asked, By, Report, waterfall_of
from booking.utilisation.report.reading import sees_subsidy
from booking.utilisation.report.records import Listed, Records, records_behind
from booking.utilisation.report.week import Looked, days_in, looked_at, week_in
from booking.utilisation.routes.drawing import drawn_waterfall, drawn_week, hour_words
from booking.utilisation.routes.drawing_days import drawn_days, drawn_faults
from booking.utilisation.routes.lines import named
from booking.utilisation.routes.report import (
    form_of,
    narrowing,
    periods_to_choose,
    pictures_of,
)
from booking.utilisation.rules.attributing import (
    Figure,
    OfBooking,
    OfClosure,
    OfDay,
    Unit,
    is_time,
    unit_of,
)
from booking.utilisation.rules.week import Hour
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, csv_lines, streamed
from booking.web.filters import localised
from booking.web.formats import day_text, hours_figure, money_text, span_text
from booking.web.i18n import gettext
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.words import words

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.UTILISATION_READ)]
# Records on one page; the file has them all.
SHOWN: Final = 200


class Followed(OfHour):
    """Which figure is followed to its records."""

    figure: Figure = Figure.USED
    skip: Annotated[int, Query(ge=0, le=10**6)] = 0

    @property
    def hour_followed(self) -> Hour | None:
        """Only shares of time have a part in every hour of the week."""
        return self.hour_of_week if is_time(self.figure) else None

    def records(
        self, session: Session, asked: Asked, instrument_id: int, *, now: datetime
    ) -> Records:
        return records_behind(
            session, asked, instrument_id, figure=self.figure, now=now, hour=self.hour_followed
        )


@router.get("/utilisation/instruments/{instrument_id}", name="instrument_use")
def instrument_use(
    instrument_id: RowId,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    grants: GrantsDep,
    wanted: Annotated[Narrowed, Query()],
    actor: Reader,
) -> Response:
    """How an instrument was used: every figure, its days and hours, when it was broken."""
    now = clock.now()
    asked = _asked(actor, wanted, instrument_id, now=now, grants=grants)
    report = _report(session, asked, now=now)
    looked = looked_at(session, asked, now=now) or []
    subsidy = sees_subsidy(actor)
    return page.render(
        "utilisation/instrument.html",
        instrument_id=instrument_id,
        report=report,
        of=report.whole,
        name=report.groups[0].name,
        water=drawn_waterfall(report.whole.waterfall),
        pictures=pictures_of(report, income=True, subsidy=subsidy),
        **_from_records(session, page, asked, looked, report=report),
        form=form_of(wanted, asked),
        kept={},
        periods=periods_to_choose(now, asked.period),
        narrowed=narrowing(wanted),
        with_subsidy=subsidy,
    )


def _asked(
    actor: Actor,
    wanted: Narrowed,
    instrument_id: int,
    *,
    now: datetime,
    grants: GrantSource | None = None,
) -> Asked:
    """One instrument that the reader may see; the present year, unless another is named."""
    one = wanted.model_copy(update={"instrument": instrument_id, "by": By.INSTRUMENT})
    asked = asked_by(actor, one, now=now, grants=grants)
    this_year = Period.parse(str(Period.month_at(now).first.year))
    return replace(asked, period=wanted.period_or(this_year))


def _report(session: Session, asked: Asked, *, now: datetime) -> Report:
    report = waterfall_of(session, asked, now=now)
    if not report.groups:
        raise NotFound(instrument_id=asked.sight.instrument_id)
    return named(report)


def _from_records(
    session: Session, page: PageDep, asked: Asked, looked: Looked, *, report: Report
) -> dict[str, Any]:
    """What is drawn of single days and hours; of many years, nothing."""
    if not looked:
        return {"week": None, "days": None, "faults": None}
    key = asked.sight.instrument_id
    span = TimeSpan(asked.period.span.start, report.through.span.end)
    closures = closures_named(session, key or 0, span)

    def leads(weekday: int, hour: int) -> str:
        said = {"period": asked.period.code, "figure": Figure.USED.value}
        return page.url("utilisation_records", key, **said, weekday=weekday, hour=hour)

    def day(on: date) -> str:
        return page.url("instrument_use", key, first=on.isoformat(), last=on.isoformat())

    return {
        "week": drawn_week(week_in(looked), leads),
        "days": drawn_days(days_in(looked), [look.piece.month for look in looked], day),
        "faults": drawn_faults(closures, asked.period),
    }


@router.get("/utilisation/instruments/{instrument_id}/records", name="utilisation_records")
def records(
    instrument_id: RowId,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    wanted: Annotated[Followed, Query()],
    actor: Reader,
) -> Response:
    """The bookings, closures and days of which a figure is the sum."""
    now = clock.now()
    asked = _asked(actor, wanted, instrument_id, now=now)
    report = _report(session, asked, now=now)
    found = wanted.records(session, asked, instrument_id, now=now)
    unit, hour = unit_of(wanted.figure), wanted.hour_followed
    shown = found.listed[wanted.skip : wanted.skip + SHOWN]
    further = wanted.skip + SHOWN
    return page.render(
        "utilisation/records.html",
        instrument_id=instrument_id,
        name=report.groups[0].name,
        period=asked.period,
        figure=wanted.figure,
        figures=[one for one in Figure if hour is None or is_time(one)],
        hour=hour_words(*hour) if hour else "",
        at={"weekday": hour[0], "hour": hour[1]} if hour else {},
        narrowed=narrowing(wanted),
        lines=[(one, said(one), amount(unit, one.adds)) for one in shown],
        total=amount(unit, found.total),
        count=len(found.listed),
        further=further if further < len(found.listed) else None,
        skip=wanted.skip,
    )


@router.get("/utilisation/instruments/{instrument_id}/records.csv", name="utilisation_records_csv")
def records_csv(
    instrument_id: RowId,
    session: Reading,
    clock: ClockDep,
    wanted: Annotated[Followed, Query()],
    actor: Reader,
) -> Response:
    """All of them as a file."""
    now = clock.now()
    asked = _asked(actor, wanted, instrument_id, now=now)
    _report(session, asked, now=now)
    found = wanted.records(session, asked, instrument_id, now=now)
    unit = unit_of(wanted.figure)
    titles = [gettext("When"), gettext("What"), gettext("User organisation"), words(wanted.figure)]
    lines = csv_lines(titles, [[*said(one), amount(unit, one.adds)] for one in found.listed])
    filename = f"utilisation-{instrument_id}-{wanted.figure.value}-{asked.period.code}.csv"
    return streamed(lines, filename=filename, media_type=CSV)


def said(listed: Listed) -> tuple[str, str, str]:
    """When it was, what it is, and whose."""
    match listed.of:
        case OfDay(day):
            return day_text(day), gettext("Nothing recorded"), ""
        case OfClosure(kind, span):
            kinds = {"fault": gettext("Fault"), "maintenance": gettext("Planned maintenance")}
            return span_text(span), kinds.get(kind, gettext("Closed")), listed.reason
        case OfBooking():
            one = listed.booking
            if one is None:
                return "", "", ""
            span = TimeSpan(one.starts_at, one.ends_at)
            return span_text(span), one.number, localised(one.user, one.user_en)


def amount(unit: Unit, number: int) -> str:
    """A figure as people read it."""
    match unit:
        case Unit.SECONDS:
            return hours_figure(number)
        case Unit.FEN:
            return money_text(number)
        case Unit.NUMBER:
            return str(number)
