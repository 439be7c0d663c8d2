"""Figures of a unit, the evaluation of its instruments, the zone's monitoring sheet."""

import pytest

from booking.access.actor import Reach
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.organisations.models import Organisation
from booking.utilisation.actions.file_report import enter_line, file_report
from booking.utilisation.actions.report_year import enter_year
from booking.utilisation.actions.roll_up import roll_up
from booking.utilisation.errors import FiguresBehind
from booking.utilisation.report.filed import Filed
from booking.utilisation.report.filing import EVERYTHING, sheet_of
from booking.utilisation.rules.sheets import Kind, Report
from tests.factories.accounts import make_staff
from tests.factories.filed_reports import Y2025, Provider, used
from tests.factories.instruments import span
from tests.factories.utilisation import Invented, Writer, write_instrument
from tests.support.clock import moment
from tests.utilisation.golden import same_as_golden

AY2025 = Period.parse("AY2025")
MARCH = span("2026-03-04T09:00", "2026-03-04T13:00")
OURS = span("2026-03-05T09:00", "2026-03-05T12:00")
ANOTHER = span("2025-06-03T09:00", "2025-06-03T11:00")
LAST_YEAR = span("2025-05-05T09:00", "2025-05-05T14:00")
NOW = moment("2026-11-24T09:00")


@pytest.fixture
def provider(uow: UnitOfWork) -> Provider:
    made = Provider(uow)
    Writer(uow, made.tool).write(
        used(MARCH, fen=400_000),
        used(OURS, fen=30_000, external=False),
        used(LAST_YEAR, fen=70_000),
    )
    organisation = uow.session.get_one(Organisation, made.organisation)
    organisation.name, organisation.uscc = "示例大学", "12610000435230000X"
    uow.session.flush()
    return made


def test_figures_of_a_unit_are_completed_by_hand_and_frozen(
    uow: UnitOfWork, provider: Provider
) -> None:
    report = provider.report(Y2025, Kind.UNIT)
    (line,) = provider.sheet(uow, report, now=NOW).lines
    assert {"Patent", "socialBenefit"} <= {fault.column.code for fault in line.faults}
    typed = {"Patent": "3", "socialBenefit": "服务中小企业"}
    enter_line(uow, report, line, entered=typed, actor=provider.head, now=NOW)
    row = file_report(uow, report, actor=provider.head, now=NOW)
    assert row.lines[line.key]["Patent"] == "3"
    before = Filed.of(row).csv()
    again = {**typed, "Patent": "4"}
    enter_line(uow, report, line, entered=again, actor=provider.head, now=NOW)
    uow.session.expire_all()
    assert Filed.of(row).csv() == before
    later = provider.report(Period.parse("2026"), Kind.UNIT)
    sheet = provider.sheet(uow, later, now=moment("2027-02-01T09:00"))
    told = [(one.period, one.column, one.before, one.after) for one in sheet.corrections]
    assert told == [("2025", "Patent", "3", "4")]
    named = {f"\r\n{provider.organisation},": "\r\nUNIT,"}
    same_as_golden("unit_figures.csv", before, names=named)


def hours_and_income(uow: UnitOfWork, provider: Provider) -> tuple[str, str]:
    (line,) = provider.sheet(uow, provider.report(Y2025, Kind.UNIT), now=NOW).lines
    return line.values["serviceAmounts"], line.values["serviceIncome"]


def test_figures_of_a_unit_have_what_changed_since_they_were_rolled_up(
    uow: UnitOfWork, provider: Provider
) -> None:
    roll_up(uow, now=NOW)
    assert hours_and_income(uow, provider) == ("5.0", "0.07")
    Writer(uow, provider.tool).write(used(ANOTHER, fen=30_000))
    assert hours_and_income(uow, provider) == ("7.0", "0.10")
    roll_up(uow, now=NOW)
    assert hours_and_income(uow, provider) == ("7.0", "0.10")


@pytest.mark.parametrize("kind", [Kind.UNIT, Kind.MONITORING, Kind.EFFICIENCY])
def test_nothing_is_handed_in_while_more_changed_than_is_judged_at_once(
    uow: UnitOfWork, provider: Provider, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    owner = None if kind is Kind.MONITORING else provider.organisation
    report = Report(kind, owner, AY2025 if kind is Kind.EFFICIENCY else Y2025)
    centre = make_staff(uow, Role.CENTRE_ADMIN)
    monkeypatch.setattr("booking.utilisation.report.counting.JUDGED_AT_MOST", 1)
    with pytest.raises(FiguresBehind):
        file_report(uow, report, actor=centre, now=NOW)
    roll_up(uow, now=NOW)
    assert file_report(uow, report, actor=centre, now=NOW).version == 1


def test_a_unit_has_its_english_name_on_english_pages(uow: UnitOfWork, provider: Provider) -> None:
    uow.session.get_one(Organisation, provider.organisation).name_en = "Example University"
    uow.session.flush()
    (line,) = provider.sheet(uow, provider.report(Y2025, Kind.UNIT), now=NOW).lines
    assert (line.name, line.name_en) == ("示例大学", "Example University")


def test_the_evaluation_takes_hours_and_income_from_records_and_the_rest_from_the_lab(
    uow: UnitOfWork, provider: Provider
) -> None:
    yearly: dict[str, str | int] = {"awards_provincial": 1, "papers_core": 2}
    enter_year(uow, provider.tool, AY2025, entered=yearly, actor=provider.keeper, now=NOW)
    report = provider.report(AY2025, Kind.EFFICIENCY)
    line, unit = provider.sheet(uow, report, now=NOW).lines
    typed = {"functions": "5", "functions_used": "4", "functions_new": "1", "guided": "6"}
    enter_line(uow, report, line, entered=typed, actor=provider.keeper, now=NOW)
    line, unit = provider.sheet(uow, report, now=NOW).lines
    told = ("effective_hours", "rated_hours", "income_outside", "income_inside", "papers_core")
    assert [line.values[code] for code in told] == ["14", "1400", "6100", "300", "2"]
    scores = ("hours", "people", "results", "income", "functions_score", "total")
    assert [line.values[code] for code in scores] == ["1", "18", "70", "31.40", "58", "29.06"]
    assert (unit.key, unit.values["total"], unit.faults) == ("whole", "29.06", [])
    row = file_report(uow, report, actor=provider.head, now=NOW)
    named = {f"\r\n{provider.tool},": "\r\nINSTRUMENT,"}
    same_as_golden("efficiency.csv", Filed.of(row).csv(), names=named)


def test_only_instruments_of_that_value_are_evaluated(uow: UnitOfWork, provider: Provider) -> None:
    cheap = Provider(uow, lab_id=provider.lab, original_value_fen=9_999_999)
    keys = [
        line.key
        for line in provider.sheet(uow, provider.report(AY2025, Kind.EFFICIENCY), now=NOW).lines
    ]
    assert keys == [str(provider.tool), "whole"]
    assert cheap.organisation == provider.organisation


def test_an_instrument_of_two_places_is_rated_for_both(uow: UnitOfWork, provider: Provider) -> None:
    twice = write_instrument(uow, Invented(units=2), lab_id=provider.lab)
    report = provider.report(AY2025, Kind.EFFICIENCY)
    rated = {
        line.key: line.values["rated_hours"] for line in provider.sheet(uow, report, now=NOW).lines
    }
    assert (rated[str(provider.tool)], rated[str(twice)]) == ("1400", "2800")


def test_the_zone_watches_its_providers(uow: UnitOfWork, provider: Provider) -> None:
    report = Report(Kind.MONITORING, None, Y2025)
    sheet = sheet_of(uow.session, report, reach=EVERYTHING, now=NOW)
    ours, zone = sheet.lines[0], sheet.lines[-1]
    assert ours.name == "示例大学"
    told = ("instruments", "effective_hours", "external_hours", "users", "income", "sharing_rate")
    assert [ours.values[code] for code in told] == ["1", "5", "5", "1", "700", "100"]
    assert ours.faults == []
    assert len(zone.faults) == 7
    centre = make_staff(uow, Role.CENTRE_ADMIN)
    enter_line(uow, report, zone, entered={"institutes": "12"}, actor=centre, now=NOW)
    row = file_report(uow, report, actor=centre, now=NOW)
    assert row.lines["whole"]["institutes"] == "12"
    named = {f"\r\n{provider.organisation},": "\r\nUNIT,"}
    same_as_golden("monitoring.csv", Filed.of(row).csv(), names=named)


def test_the_zone_is_the_centres_to_report(uow: UnitOfWork, provider: Provider) -> None:
    report = Report(Kind.MONITORING, None, Y2025)
    with pytest.raises(NotFound):
        file_report(uow, report, actor=provider.head, now=NOW)
    mine = Reach(
        everywhere=False,
        organisation_ids=frozenset({provider.organisation}),
        lab_ids=frozenset(),
    )
    assert sheet_of(uow.session, report, reach=mine, now=NOW).lines == ()
