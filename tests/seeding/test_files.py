"""The seed files say what they should, and everything they refer to is there."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import chinese_calendar
import pytest
from stdnum.cn import uscc

from booking.access.roles import Role
from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.card import ResourceKind
from booking.instruments.rules.opening import minute_of_day
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.money import fen
from booking.organisations.rules import District, QualificationCode
from booking.organisations.states import OrganisationKind
from booking.seeding.files import SeedFiles
from booking.settings import REPOSITORY
from booking.subsidies.rules.reading import read_programme

SEED = SeedFiles(REPOSITORY / "seed")
CODES = {row["code"] for row in SEED.organisations}
DEMO_PEOPLE = {
    "lab@example.com": Role.LAB_MANAGER,
    "operator@example.com": Role.OPERATOR,
    "sme@example.com": Role.COMPANY_ADMIN,
    "sme2@example.com": Role.COMPANY_MEMBER,
    "team@example.com": Role.COMPANY_ADMIN,
    "finance@example.com": Role.FINANCE,
    "finance2@example.com": Role.FINANCE,
    "admin@example.com": Role.CENTRE_ADMIN,
    "auditor@example.com": Role.AUDITOR,
}


def organisation(code: str):
    return next(row for row in SEED.organisations if row["code"] == code)


# ── who ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_credit_code_is_well_formed_and_only_a_team_has_none():
    for row in SEED.organisations:
        if row["uscc"]:
            assert uscc.validate(row["uscc"]) == row["uscc"]
        else:
            assert row["kind"] == "startup_team"


def test_no_credit_code_and_no_name_is_used_twice():
    for column in ("code", "name"):
        assert len({row[column] for row in SEED.organisations}) == len(SEED.organisations)
    codes = [row["uscc"] for row in SEED.organisations if row["uscc"]]
    assert len(set(codes)) == len(codes)


def test_every_organisation_says_that_it_is_an_example():
    assert [row["name"] for row in SEED.organisations if "示例" not in row["name"]] == []


def test_there_are_enough_providers_and_users():
    roles = Counter(row["role"] for row in SEED.organisations)
    assert roles["provider"] >= 12
    assert roles["user"] >= 15


def test_kinds_and_districts_are_known():
    assert {row["code"] for row in SEED.districts} == set(District)
    assert {row["district"] for row in SEED.organisations} <= set(District)
    assert {row["kind"] for row in SEED.organisations} == set(OrganisationKind)


def test_two_companies_share_an_actual_controller():
    controllers = Counter(
        row["actual_controller"] for row in SEED.organisations if row["role"] == "user"
    )
    assert controllers["示例实控人甲"] == 2


def test_qualifications_belong_to_somebody_and_end_after_they_begin():
    for row in SEED.qualifications:
        assert row["organisation"] in CODES
        assert row["code"] in set(QualificationCode)
        assert not row["valid_to"] or row["valid_from"] <= row["valid_to"]


def test_the_demo_people_are_those_of_the_interface():
    demo = {row["email"]: row["role"] for row in SEED.people if row["demo"] == "yes"}
    assert demo == DEMO_PEOPLE


def test_the_demo_lab_manager_has_two_labs():
    labs = [row["lab"] for row in SEED.people if row["email"] == "lab@example.com"]
    assert len(labs) == len(set(labs)) == 2


def test_the_demo_company_is_a_verified_tech_sme_today():
    code = next(row["organisation"] for row in SEED.people if row["email"] == "sme@example.com")
    assert organisation(code)["status"] == "verified"
    assert any(
        row["code"] == "tech_sme" and row["valid_from"] <= "2026-11-23" <= row["valid_to"]
        for row in SEED.qualifications
        if row["organisation"] == code
    )


def test_everybody_belongs_to_something_that_exists():
    labs = {row["code"]: row["organisation"] for row in SEED.labs}
    for row in SEED.people:
        assert row["role"] in set(Role)
        assert row["organisation"] in CODES | {""}
        assert not row["lab"] or labs[row["lab"]] == row["organisation"]


# ── what ─────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_enough_instruments_each_with_a_code_of_its_own():
    assert len(SEED.instruments) >= 60
    assert len({row["code"] for row in SEED.instruments}) == len(SEED.instruments)


def test_every_kind_of_resource_is_offered():
    assert {row["resource_kind"] for row in SEED.instruments} == set(ResourceKind)


@pytest.mark.parametrize("row", SEED.instruments, ids=lambda row: row["code"])
def test_a_card_is_complete_and_refers_to_what_exists(row):
    classes = {line["code"] for line in SEED.rows("categories.csv")}
    assert [name for name, value in row.items() if not value] == []
    assert len(row["category_code"]) == 6
    assert row["category_code"][:2] in classes
    assert row["lab"] in {lab["code"] for lab in SEED.labs}
    assert row["hours"] in SEED.opening_hours
    assert row["policy"] in SEED.policies
    assert row["tariff"] in SEED.tariffs
    assert fen(row["original_value"]) > 0
    assert int(row["units"]) >= 1
    assert set(row["service_modes"].split(";")) <= set(ServiceMode)
    assert row["acceptance_date"] <= row["start_date"]
    assert "示例" in row["model"]
    assert "示例" in row["manufacturer"]


def test_no_text_of_a_card_is_longer_than_the_national_platform_takes():
    limits = {
        name: length
        for name, column in Instrument.__table__.columns.items()  # type: ignore[attr-defined]
        if (length := getattr(column.type, "length", None)) and name in SEED.instruments[0]
    }
    assert limits["specs"] == 500
    assert [
        (row["code"], name)
        for row in SEED.instruments
        for name, limit in limits.items()
        if len(row[name]) > limit
    ] == []


def test_opening_hours_are_times_of_day():
    for windows in SEED.opening_hours.values():
        for window in windows:
            assert minute_of_day(window["opens"]) < minute_of_day(window["closes"])
            assert 1 <= int(window["weekday"]) <= 7


def test_price_lists_cover_every_class_of_customer():
    for versions in SEED.tariffs.values():
        for version in versions:
            classes = version["classes"]
            assert isinstance(classes, dict)
            assert set(classes) == {"enterprise", "academic", "internal"}
            assert all(fen(prices["hour"]) > 0 for prices in classes.values())


def test_price_lists_come_in_several_shapes():
    priced = [
        prices
        for versions in SEED.tariffs.values()
        for version in versions
        for prices in version["classes"].values()  # type: ignore[attr-defined]
    ]
    for part in ("steps", "day", "sample", "minimum", "staff_hour"):
        assert any(part in prices for prices in priced)
    assert any(version["peak"] for versions in SEED.tariffs.values() for version in versions)
    assert any(len(versions) > 1 for versions in SEED.tariffs.values())


def test_a_scanning_electron_microscope_is_found_by_any_of_its_names():
    same = {row["same_as"] for row in SEED.rows("synonyms.csv") if row["word"] == "扫描电镜"}
    assert {"SEM", "扫描电子显微镜"} <= same


# ── when and how much ────────────────────────────────────────────────────────────────────────────


def days_of(year: int):
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_calendar_agrees_with_the_statutory_one(year):
    kinds = {date.fromisoformat(row["date"]): row["kind"] for row in SEED.calendars[year]}
    for day in days_of(year):
        worked = day.isoweekday() < 6 if day not in kinds else kinds[day] == "makeup_workday"
        assert worked == chinese_calendar.is_workday(day), day


def test_2026_has_248_working_days():
    kinds = {row["date"]: row["kind"] for row in SEED.calendars[2026]}
    worked = [
        day
        for day in days_of(2026)
        if kinds.get(day.isoformat(), "makeup_workday" if day.isoweekday() < 6 else "")
        == "makeup_workday"
    ]
    assert len(worked) == 248


def test_2027_is_missing_on_purpose():
    assert set(SEED.calendars) == {2025, 2026}


def test_every_day_of_a_calendar_names_its_source():
    assert all(row["source"] for rows in SEED.calendars.values() for row in rows)


def test_the_loan_prime_rate_is_given_monthly_and_flagged():
    months = [row["valid_from"][:7] for row in SEED.lpr]
    assert months == sorted(set(months))
    assert months[0] == "2024-01"
    assert {row["flag"] for row in SEED.lpr} <= {"found", "assumed"}
    assert all(Decimal("0.02") < Decimal(row["rate"]) < Decimal("0.05") for row in SEED.lpr)


def test_the_strict_reader_takes_every_programme_and_none_has_a_document_number():
    programmes = [read_programme(raw) for raw in SEED.programmes()]
    kinds = {programme.kind for programme in programmes}
    assert kinds == {"usage", "provider", "interest", "voucher"}
    assert [programme.id for programme in programmes if programme.document] == []


def test_every_number_of_a_programme_is_flagged_as_found_or_assumed():
    for file in sorted((SEED.directory / "programmes").glob("*.yaml")):
        for line in file.read_text("utf-8").splitlines():
            if any(key in line for key in ("rate:", "amount:", "value:")) and '"' in line:
                assert "found" in line or "assumed" in line, f"{file.name}: {line}"


def test_joint_caps_and_the_demo_speak_of_programmes_that_exist():
    known = {read_programme(raw).id for raw in SEED.programmes()}
    caps = SEED.joint_caps["joint_caps"]
    demo = SEED.joint_caps["demo"]
    assert isinstance(caps, list)
    assert isinstance(demo, dict)
    assert {name for cap in caps for name in cap["programmes"]} <= known
    assert set(demo) <= known


# ── borrowed ─────────────────────────────────────────────────────────────────────────────────────


def test_bank_records_have_a_number_each_and_belong_to_a_credit_line():
    lines = {row["loan_id"]: row["organisation"] for row in SEED.rows("loans/credit_lines.csv")}
    records = SEED.rows("loans/transactions.csv")
    assert set(lines.values()) <= CODES
    assert len({row["bank_transaction_number"] for row in records}) == len(records)
    assert {row["loan_id"] for row in records} <= set(lines)


def test_nobody_repays_more_than_is_drawn_nor_draws_more_than_is_granted():
    limits = {row["loan_id"]: row["credit_limit"] for row in SEED.rows("loans/credit_lines.csv")}
    owed: Counter[str] = Counter()
    for row in SEED.rows("loans/transactions.csv"):
        sign = 1 if row["kind"] == "draw" else -1
        owed[row["loan_id"]] += sign * fen(row["amount"])
        assert 0 <= owed[row["loan_id"]] <= fen(limits[row["loan_id"]])
        assert owed[row["loan_id"]] == fen(row["balance"])
