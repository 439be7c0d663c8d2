"""Reports that a template makes: instruments of a unit evaluated, providers of the zone watched."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Final

from sqlmodel import Session

from booking.access.actor import Reach
from booking.utilisation.queries.filings import entries_of
from booking.utilisation.queries.kept import InstrumentInSight, Sight, instruments_in_sight
from booking.utilisation.queries.report_figures import (
    income_by_side,
    trained_by_instrument,
    users_of_provider,
    yearly_numbers,
)
from booking.utilisation.queries.single_uses import GrantSource, NothingGranted
from booking.utilisation.queries.yearly_sheet import all_of, cards_worth
from booking.utilisation.report.filed import Drawn, Line
from booking.utilisation.report.pooled import Asked, By, waterfall_of
from booking.utilisation.report.pooled import Report as Pooled
from booking.utilisation.report.templates import template
from booking.utilisation.rules.formulas import Figures
from booking.utilisation.rules.indicators import HOUR, Indicators, RatedHours
from booking.utilisation.rules.sheets import Kind, Report
from booking.utilisation.rules.templates import (
    SUBSIDY,
    TOTAL,
    Template,
    is_confidential,
    spelt,
)

# The unit after its instruments, the zone after its providers.
WHOLE: Final = "whole"
# What the yearly sheet of valuable instruments asks too.
_TYPED_THERE: Final = ("awards_national", "awards_provincial", "papers_indexed", "papers_core")


def efficiency(
    session: Session, report: Report, reach: Reach, *, now: datetime, grants: GrantSource
) -> Drawn:
    """Every instrument of that value, and the unit with the mean of their totals."""
    if report.owner is None:
        return Drawn()
    form = template(Kind.EFFICIENCY)
    cards = cards_worth(session, report.owner, reach, least_fen=form.least_value_fen)
    asked = Asked(
        period=report.period,
        by=By.INSTRUMENT,
        sight=Sight(reach=all_of(report.owner)),
        grants=grants if form.tells_subsidy else NothingGranted(),
    )
    pooled = waterfall_of(session, asked, now=now)
    known = _of_instruments(session, pooled, [card.id for card in cards])
    typed = _typed(session, report, [card.id for card in cards], form=form)
    lines = [
        Line(
            key=str(card.id),
            name=card.name,
            name_en=card.name_en,
            values=form.values(known[card.id], typed[card.id]),
            columns=form.columns,
            lab_id=card.lab_id,
            instrument_id=card.id,
        )
        for card in cards
    ]
    sees_whole = reach.everywhere or report.owner in reach.organisation_ids
    whole = [_unit(lines, form)] if lines and sees_whole else []
    return Drawn([*lines, *whole], pooled.up_to_date)


def _unit(lines: Sequence[Line], form: Template) -> Line:
    """Shown figures together, scores on average over all instruments."""
    summed = {column.code for column in form.shows}
    meant = {*(item.column.code for item in form.items), TOTAL}
    values = {
        column.code: spelt(_sum(lines, column.code) / (1 if column.code in summed else len(lines)))
        for column in form.columns
        if column.code in summed | meant and _is_known(lines, column.code)
    }
    asked = frozenset(column.code for column in form.asks)
    return Line(
        key=WHOLE, name="单位", name_en="Unit", values=values, columns=form.columns, skips=asked
    )


def _is_known(lines: Sequence[Line], code: str) -> bool:
    """Where single uses were not looked at, nothing is known of subsidies."""
    return not is_confidential(code) or all(line.values.get(code) for line in lines)


def _sum(lines: Sequence[Line], code: str) -> Fraction:
    return sum((Fraction(line.values.get(code) or 0) for line in lines), Fraction(0))


def _of_instruments(session: Session, pooled: Pooled, ids: Sequence[int]) -> Mapping[int, Figures]:
    found = {group.key: group.indicators for group in pooled.groups}
    rated = RatedHours()
    sight = Sight(instrument_ids=frozenset(ids))
    cards = {one.id: one for one in instruments_in_sight(session, sight)}
    income = income_by_side(session, pooled.period, ids)
    trained = trained_by_instrument(session, pooled.period, ids)
    return {
        key: {
            **_figures(found.get(key)),
            "rated_hours": _rated_hours(rated, cards[key]),
            "income_outside": Fraction(income.get((key, True), 0), 100),
            "trained": Fraction(trained.get(key, 0)),
        }
        for key in ids
    }


def _rated_hours(rated: RatedHours, card: InstrumentInSight) -> Fraction:
    """Of a whole year, every place of it, as reports of utilisation reckon it."""
    year = rated.seconds(Fraction(12), general=card.general, units=card.units)
    return Fraction(year, HOUR)


def _typed(
    session: Session, report: Report, ids: Sequence[int], *, form: Template
) -> Mapping[int, Mapping[str, str]]:
    """What was typed here, else for the yearly sheet, else what records say."""
    here, there = entries_of(session, report), yearly_numbers(session, report.period, ids)
    income = income_by_side(session, report.period, ids)
    trained = trained_by_instrument(session, report.period, ids)
    asked = {column.code for column in form.asks}
    out: dict[int, Mapping[str, str]] = {}
    for key in ids:
        recorded = {
            "independent": str(trained.get(key, 0)),
            "income_inside": spelt(Fraction(income.get((key, False), 0), 100)),
            **{code: there[key][code] for code in _TYPED_THERE if code in there.get(key, {})},
        }
        told = {code: value for code, value in here.get(str(key), {}).items() if value}
        out[key] = {code: value for code, value in {**recorded, **told}.items() if code in asked}
    return out


def monitoring(
    session: Session, report: Report, reach: Reach, *, now: datetime, grants: GrantSource
) -> Drawn:
    """Every provider, and the zone; for whoever reads all of it."""
    if not reach.everywhere:
        return Drawn()
    form = template(Kind.MONITORING)
    told = grants if form.tells_subsidy else NothingGranted()
    asked = Asked(period=report.period, by=By.ORGANISATION, grants=told)
    found = waterfall_of(session, asked, now=now)
    owners = {one.id: one.organisation_id for one in instruments_in_sight(session, Sight())}
    users = users_of_provider(session, report.period, owners)
    typed = entries_of(session, report)
    whole_users = users_of_provider(session, report.period, dict.fromkeys(owners, 0))
    lines = [
        _watched(
            form,
            (str(group.key), group.name, group.name_en),
            _of_group(group.indicators, users.get(int(group.key), 0)),
            typed=typed,
        )
        for group in found.groups
    ]
    zone = (WHOLE, "全区", "The zone")
    whole = _of_group(found.whole, whole_users.get(0, 0))
    together = [_watched(form, zone, whole, typed=typed)] if lines else []
    return Drawn([*lines, *together], found.up_to_date)


def _watched(
    form: Template,
    named: tuple[str, str, str],
    figures: Figures,
    *,
    typed: Mapping[str, Mapping[str, str]],
) -> Line:
    key, name, name_en = named
    return Line(
        key=key,
        name=name,
        name_en=name_en,
        values=form.values(figures, typed.get(key, {})),
        columns=form.columns,
        skips=frozenset() if key == WHOLE else form.of_whole,
    )


def _of_group(of: Indicators, users: int) -> Figures:
    return {
        **_figures(of),
        "instruments": Fraction(of.instruments),
        "bookable": (of.openness or Fraction(0)) * of.instruments,
        "users": Fraction(users),
        "income": Fraction(of.income_fen, 100),
    }


def _figures(of: Indicators | None) -> dict[str, Fraction]:
    hours = {
        "effective_hours": Fraction(of.effective if of else 0, 3600),
        "external_hours": Fraction(of.external if of else 0, 3600),
    }
    counted = ("uses", "samples", "faults", "reservations", "missed", "instruments")
    told = {**hours, **{name: Fraction(getattr(of, name) if of else 0) for name in counted}}
    granted = of.subsidy_fen if of else 0
    return told if granted is None else {**told, SUBSIDY: Fraction(granted, 100)}
