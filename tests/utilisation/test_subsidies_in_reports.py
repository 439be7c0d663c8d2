"""What programmes paid as a column of a report: for those alone who may read every statement."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from fastapi.testclient import TestClient
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.utilisation.actions.file_report import file_report
from booking.utilisation.queries.kept import Pair
from booking.utilisation.report import templates
from booking.utilisation.report.filed import Filed, Line
from booking.utilisation.report.filing import EVERYTHING, sheet_of
from booking.utilisation.rules.sheets import Kind, Report
from tests.conftest import Write
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.filed_reports import Y2025, Provider
from tests.support.clock import moment

AY2025 = Period.parse("AY2025")
NOW = moment("2026-11-23T09:00")
SHOWN = {"code": "subsidy", "heading": "后补助（元）", "heading_en": "Subsidies (yuan)"}
RECKONED = {
    "code": "subsidy_per_hour",
    "heading": "每机时后补助（元）",
    "heading_en": "Subsidies for an hour (yuan)",
    "formula": "subsidy / effective_hours",
    "source": "示例",
}


class Paid:
    """A programme that paid 140 yuan for uses of every instrument in August 2026."""

    def granted(
        self, session: Session, period: Period, instruments: sa.Select[int]
    ) -> Mapping[Pair, int]:
        found = session.execute(instruments).scalars()
        return {(key, "2026-08"): 14_000 for key in found if period.first.year == 2025}

    def stamp(self, session: Session) -> str:
        del session
        return "paid once"


@pytest.fixture(autouse=True)
def with_subsidies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The templates of an installation that asks for them."""
    folder = tmp_path / "reports"
    shutil.copytree(templates.FOLDER, folder)
    for path in (folder / "efficiency.yaml", folder / "monitoring.yaml"):
        told = yaml.safe_load(path.read_text("utf-8"))
        told["shows"].append(SHOWN)
        told["items"].append(RECKONED)
        path.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    monkeypatch.setattr(templates, "FOLDER", folder)


@pytest.fixture
def provider(write: Write) -> Provider:
    """Seven hours in its academic year."""
    with write() as uow:
        return Provider(uow)


def test_templates_may_show_and_reckon_with_what_programmes_paid(
    write: Write, provider: Provider
) -> None:
    with write() as uow:

        def lines_of(report: Report) -> Sequence[Line]:
            return sheet_of(uow.session, report, reach=EVERYTHING, now=NOW, grants=Paid()).lines

        lines = lines_of(provider.report(AY2025, Kind.EFFICIENCY))
        told = [(one.values["subsidy"], one.values["subsidy_per_hour"]) for one in lines]
        assert told == [("140", "20"), ("140", "20")]
        zone = lines_of(Report(Kind.MONITORING, None, Y2025))
        assert zone[0].values["subsidy"] == "140"


def test_where_single_uses_were_not_looked_at_nothing_is_known_of_them(
    write: Write, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.utilisation.report.pooled.USES_AT_MOST", 1)
    with write() as uow:
        report = provider.report(AY2025, Kind.EFFICIENCY)
        lines = sheet_of(uow.session, report, reach=EVERYTHING, now=NOW, grants=Paid()).lines
        assert [one.values.get("subsidy", "") for one in lines] == ["", ""]
        assert [one.values.get("subsidy_per_hour", "") for one in lines] == ["", ""]


def read_by(client: TestClient, write: Write, actor: Actor, *paths: str) -> list[str]:
    with write() as uow:
        be(client, open_session(uow, actor, now=NOW))
    answers = [client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.text for answer in answers]


def test_only_who_may_read_every_statement_is_told(
    write: Write, client: TestClient, provider: Provider
) -> None:
    client.app.state.grant_source = Paid()  # type: ignore[attr-defined]  # Starlette's
    with write() as uow:
        report = provider.report(AY2025, Kind.EFFICIENCY)
        first = file_report(uow, report, actor=provider.head, now=NOW, grants=Paid())
        assert ",2100,140," in Filed.of(first).csv().decode()
        finance, key = make_staff(uow, Role.FINANCE), first.key
    asked = f"kind=efficiency&period=AY2025&organisation={provider.organisation}"
    paths = (f"/filed-reports?{asked}", f"/filed-reports.csv?{asked}", f"/report-filings/{key}.csv")
    page, now, handed_in = read_by(client, write, finance, *paths)
    assert "每机时后补助" in page
    assert all(",2100,140," in text for text in (now, handed_in))
    for actor in (provider.head, provider.keeper):
        seen = paths[:2] if actor is provider.keeper else paths
        page, *files = read_by(client, write, actor, *seen)
        assert "后补助" not in page
        assert all(",2100,," in text and ",2100,140" not in text for text in files)
