"""A provider's year as its paper says it, in the language in force."""

from collections.abc import Sequence

from booking.utilisation.exports.year_paper import Drawn, YearPaper
from booking.utilisation.report.pooled import Group, Report
from booking.utilisation.report.year import Missing, Year
from booking.utilisation.routes.drawing import (
    drawn_waterfall,
    inside_outside,
    per_hour,
    trend,
)
from booking.utilisation.routes.lines import named
from booking.utilisation.rules.indicators import Indicators
from booking.web.filters import localised
from booking.web.formats import (
    count_text,
    fen_rate_text,
    hours_figure,
    mean_hours_text,
    money_text,
    myriads_text,
    percent_text,
    period_text,
)
from booking.web.i18n import gettext, language
from booking.web.words import words


def paper_of(year: Year, name: str, *, subsidy: bool) -> YearPaper:
    """All of it in words and figures."""
    report = named(year.report)
    return YearPaper(
        language=language(),
        through=report.through.last,
        heading=gettext("Utilisation of instruments in a year"),
        name=name,
        period=period_text(report.period.code),
        facts=_facts(report, name),
        figures_title=gettext("Figures of the year"),
        figures=_figures(report.whole, subsidy=subsidy),
        water_title=gettext("From calendar time to idle time, in hours"),
        water=drawn_waterfall(report.whole.waterfall),
        pictures=_pictures(report, subsidy=subsidy),
        table_title=gettext("Instruments"),
        head=_head(subsidy=subsidy),
        rows=[_row(group, year, subsidy=subsidy) for group in report.groups],
        total=_cells(gettext("Together"), "", report.whole, subsidy=subsidy),
        missing_title=gettext("Information that is missing"),
        missing=[(localised(one.name, one.name_en), gap_words(one)) for one in year.missing],
        nothing_missing=gettext("No information is missing."),
        page=gettext("Page {page} of {pages}"),
    )


def gap_words(one: Missing) -> str:
    """What is missing, in a sentence."""
    return words(one.gap, {"count": one.count})


def _facts(report: Report, name: str) -> list[tuple[str, str]]:
    last = report.through.last.isoformat()
    return [
        (gettext("Provider"), name),
        (
            gettext("Period"),
            f"{period_text(report.period.code)} ({report.period.first} – {report.period.last})",
        ),
        (gettext("Counted through"), last),
        (gettext("Instruments in scope"), count_text(report.whole.instruments)),
    ]


def _figures(of: Indicators, *, subsidy: bool) -> list[tuple[str, str]]:
    users = "—" if of.users is None else count_text(of.users)
    found = [
        (gettext("Of rated hours"), percent_text(of.utilisation_rated)),
        (gettext("Of open hours"), percent_text(of.utilisation_open)),
        (gettext("Sharing rate"), percent_text(of.sharing_rate)),
        (gettext("Sharing rate, mean of instruments"), percent_text(of.sharing_rate_mean)),
        (gettext("Average effective hours"), mean_hours_text(of.average_effective)),
        (gettext("Average external hours"), mean_hours_text(of.average_external)),
        (gettext("Openness"), percent_text(of.openness)),
        (gettext("Filed of due"), percent_text(of.filing_rate)),
        (gettext("Booked time that was used"), percent_text(of.booked_used)),
        (gettext("No-show rate"), percent_text(of.no_show_rate)),
        (gettext("Hours between faults"), mean_hours_text(of.mean_between_faults)),
        (gettext("Hours to repair"), mean_hours_text(of.mean_repair)),
        (gettext("Uses"), count_text(of.uses)),
        (gettext("Users"), users),
        (gettext("Samples"), count_text(of.samples)),
        (gettext("Income (yuan)"), money_text(of.income_fen)),
        (gettext("Income per hour"), fen_rate_text(of.income_per_hour)),
    ]
    if subsidy:
        found += [
            (gettext("Subsidy (yuan)"), money_text(of.subsidy_fen)),
            (gettext("Subsidy per hour"), fen_rate_text(of.subsidy_per_hour)),
        ]
    return found


def _pictures(report: Report, *, subsidy: bool) -> list[Drawn]:
    months = report.months
    return [
        Drawn(
            gettext("Average effective and external hours, by month"),
            trend(months),
            gettext("Hours of each instrument on average."),
        ),
        Drawn(
            gettext("Whose the effective hours were, by month"),
            inside_outside(months),
            gettext(
                "Share of effective hours; outside means users of another legal person"
                " than the owner."
            ),
        ),
        Drawn(
            gettext("Income and subsidy for each effective hour, by month")
            if subsidy
            else gettext("Income for each effective hour, by month"),
            per_hour(months, with_subsidy=subsidy),
            "",
        ),
    ]


def _head(*, subsidy: bool) -> list[str]:
    columns = [
        gettext("Name"),
        gettext("Value (10,000 yuan)"),
        gettext("Open time"),
        gettext("Effective hours"),
        gettext("External hours"),
        gettext("Of rated hours"),
        gettext("Sharing rate"),
        gettext("Uses"),
        gettext("Users"),
        gettext("Number of faults"),
        gettext("Income (yuan)"),
    ]
    return [*columns, gettext("Subsidy (yuan)")] if subsidy else columns


def _row(group: Group, year: Year, *, subsidy: bool) -> Sequence[str]:
    card = year.cards[int(group.key)]
    return _cells(group.name, myriads_text(card.value_fen), group.indicators, subsidy=subsidy)


def _cells(name: str, value: str, of: Indicators, *, subsidy: bool) -> list[str]:
    found = [
        name,
        value,
        hours_figure(of.waterfall.open),
        hours_figure(of.effective),
        hours_figure(of.external),
        percent_text(of.utilisation_rated),
        percent_text(of.sharing_rate),
        count_text(of.uses),
        "—" if of.users is None else count_text(of.users),
        count_text(of.faults),
        money_text(of.income_fen),
    ]
    return [*found, money_text(of.subsidy_fen)] if subsidy else found
