"""A report in lines, as the file has them, and what groups are called."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from booking.instruments.rules.categories import Category
from booking.kernel.money import yuan
from booking.organisations.rules import District
from booking.utilisation.report.pooled import By, Group, Report
from booking.utilisation.rules.hours import fen_per_hour, hours, ratio, waterfall_hours
from booking.utilisation.rules.indicators import Ratio
from booking.web.downloads import Cell
from booking.web.filters import localised
from booking.web.i18n import gettext
from booking.web.words import words

WATERFALL = ("calendar", "closed", "maintenance", "fault", "open", "used", "booked_unused", "idle")

# What these pool by has a code instead of a name.
IN_WORDS: Final = frozenset({By.DISTRICT, By.CLASS, By.ZONE})


def named(report: Report) -> Report:
    """The report with districts, classes and the zone in words, and everything else as it is
    called in the reader's language."""

    def name_of(group: Group) -> str:
        if report.by in IN_WORDS:
            return group_words(report.by, str(group.key))
        return localised(group.name, group.name_en)

    groups = tuple(replace(group, name=name_of(group)) for group in report.groups)
    return replace(report, groups=groups)


def group_words(by: By, code: str) -> str:
    """A district or class by its code, and the zone; a code that is none of ours stays."""
    if by is By.ZONE:
        return gettext("The whole zone")
    if by is By.CLASS:
        return words(Category(code)) if code in set(Category) else gettext("No class known")
    return words(District(code)) if code in set(District) else code


def head(*, income: bool, subsidy: bool) -> list[str]:
    """The columns of the file."""
    columns = [
        gettext("Name"),
        gettext("Instruments"),
        gettext("Calendar time"),
        gettext("Closed"),
        gettext("Planned maintenance"),
        gettext("Fault"),
        gettext("Open time"),
        gettext("Used"),
        gettext("Booked but unused"),
        gettext("Idle"),
        gettext("Effective hours"),
        gettext("External hours"),
        gettext("Of rated hours"),
        gettext("Of rated hours, mean of instruments"),
        gettext("Of open hours"),
        gettext("Of open hours, mean of instruments"),
        gettext("Sharing rate"),
        gettext("Sharing rate, mean of instruments"),
        gettext("Average effective hours"),
        gettext("Average effective hours by time in service"),
        gettext("Average external hours"),
        gettext("Openness"),
        gettext("Booked time that was used"),
        gettext("Number of bookings"),
        gettext("No-show rate"),
        gettext("Uses"),
        gettext("Users"),
        gettext("Samples"),
        gettext("Number of faults"),
        gettext("Hours between faults"),
        gettext("Hours to repair"),
        gettext("Filed of due"),
    ]
    if income:
        columns += [gettext("Income (yuan)"), gettext("Income per hour")]
    if subsidy:
        columns += [gettext("Subsidy (yuan)"), gettext("Subsidy per hour")]
    return columns


def cells(group: Group, *, income: bool, subsidy: bool) -> list[Cell]:
    """One line of the file."""
    of = group.indicators
    water = waterfall_hours(of.waterfall)
    found: list[Cell] = [
        group.name,
        of.instruments,
        *(water[name] for name in WATERFALL),
        hours(of.effective),
        hours(of.external),
        ratio(of.utilisation_rated),
        ratio(of.utilisation_rated_mean),
        ratio(of.utilisation_open),
        ratio(of.utilisation_open_mean),
        ratio(of.sharing_rate),
        ratio(of.sharing_rate_mean),
        hours(of.average_effective),
        hours(of.average_in_service),
        hours(of.average_external),
        ratio(of.openness),
        ratio(of.booked_used),
        of.reservations,
        ratio(of.no_show_rate),
        of.uses,
        of.users,
        of.samples,
        of.faults,
        hours(of.mean_between_faults),
        hours(of.mean_repair),
        ratio(of.filing_rate),
    ]
    if income:
        found += [Decimal(yuan(of.income_fen)), _money_per_hour(of.income_per_hour)]
    if not subsidy:
        return found
    paid = None if of.subsidy_fen is None else Decimal(yuan(of.subsidy_fen))
    return [*found, paid, _money_per_hour(of.subsidy_per_hour)]


def _money_per_hour(value: Ratio) -> Decimal | None:
    fen = fen_per_hour(value)
    return None if fen is None else Decimal(yuan(fen))
