"""What goes with the addresses of those who keep instruments."""

from collections.abc import Callable

from tests.access.ask import Ask, At, File, as_form
from tests.access.bodies import (
    LAB_OF,
    LOCAL_NOON,
    SHEET,
)
from tests.factories.files import JPEG, pdf
from tests.factories.sheets import GOOD as ROW
from tests.factories.sheets import sheet

CARD = {
    "name": "新仪器",
    "units": "2",
    "resource_kind": "instrument",
    "source": "gift",
    "share_mode": "external",
}


def _card_page(at: At) -> Ask:
    return Ask(form={**CARD, "lab_id": at(LAB_OF)})


def _sheet(_: At) -> Ask:
    return Ask(file=File("sheet", "new.xlsx", sheet(ROW)))


def _picture(_: At) -> Ask:
    return Ask(form={"caption": "正面"}, file=File("photo", "a.jpg", JPEG))


def _paper(_: At) -> Ask:
    return Ask(form={"title": "操作规程"}, file=File("paper", "a.pdf", pdf()))


KEEPERS: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/imports": _sheet,
    "POST /manage/calendar": as_form(sheet=SHEET),
    "POST /manage/calendar/preview": as_form(sheet=SHEET),
    "POST /manage/instruments": _card_page,
    "POST /manage/instruments/{instrument_id}": as_form(
        **CARD, inner_id="N-1", category_code="010102", service_modes="remote"
    ),
    "POST /manage/instruments/{instrument_id}/closures": as_form(**LOCAL_NOON, kind="maintenance"),
    "POST /manage/instruments/{instrument_id}/series": as_form(
        **LOCAL_NOON, kind="maintenance", frequency="weekly", until="2026-12-14"
    ),
    "POST /manage/closure-series/{series_id}/end": as_form(since="2026-11-30"),
    "POST /manage/faults/{fault_id}/dismissal": as_form(done="无故障"),
    "POST /manage/faults/{fault_id}/expected-end": as_form(expected="2026-12-20T12:00"),
    "POST /manage/faults/{fault_id}/repair": as_form(done="已修复"),
    "POST /manage/instruments/{instrument_id}/faults": as_form(what="异响"),
    "POST /manage/instruments/{instrument_id}/days": as_form(
        day="2026-12-02", windows="08:00-12:00"
    ),
    "POST /manage/operators/{unit_id}/days": as_form(day="2026-12-02"),
    "POST /manage/operators/{unit_id}/days/removal": as_form(day="2026-12-02"),
    "POST /manage/operators/{unit_id}/roster": as_form(day_1="08:30-18:00"),
    "PUT /api/v1/operators/{unit_id}/roster": lambda _: Ask(
        json=[{"weekday": 1, "opens": "08:30", "closes": "18:00"}]
    ),
    "PUT /api/v1/operators/{unit_id}/days/{day}": lambda _: Ask(json=[]),
    "POST /manage/labs/{lab_id}/operators": lambda at: Ask(
        form={
            "kind": "operator",
            "label": "实验技术人员",
            "instruments": at("offered/{instrument_id}"),
        }
    ),
    "POST /manage/instruments/{instrument_id}/days/removal": as_form(day="2026-12-02"),
    "POST /manage/instruments/{instrument_id}/exemption": as_form(filing_exemption="涉密"),
    "POST /manage/instruments/{instrument_id}/filing": as_form(filed_on="2026-11-02"),
    "POST /manage/instruments/{instrument_id}/hours": as_form(day_1="08:30-18:00"),
    "POST /manage/instruments/{instrument_id}/papers": _paper,
    "POST /manage/instruments/{instrument_id}/pictures": _picture,
    "POST /manage/instruments/{instrument_id}/policy": as_form(grid_minutes=30),
    "POST /manage/instruments/{instrument_id}/policy/draft": as_form(more="quota"),
    "POST /manage/instruments/{instrument_id}/policy/withdrawal": as_form(
        valid_from="2025-01-01T00:00:00Z"
    ),
    "POST /manage/instruments/{instrument_id}/rules-test/draft": as_form(grid_minutes=30),
    "POST /manage/instruments/{instrument_id}/steps": as_form(action="submit"),
    "POST /manage/instruments/{instrument_id}/tariffs/draft": as_form(enterprise_hour="10.00"),
    "POST /manage/instruments/{instrument_id}/tariffs/withdrawal": as_form(
        valid_from="2025-01-01T00:00:00Z"
    ),
    "POST /manage/instruments/{instrument_id}/tariffs": as_form(
        valid_from="2027-01-01", enterprise_hour="10.00"
    ),
    "POST /manage/labs/{lab_id}/days": as_form(day="2026-12-02", reason="停电"),
    "POST /manage/labs/{lab_id}/days/removal": as_form(day="2026-12-02"),
    "POST /manage/labs/{lab_id}/hours": as_form(day_1="22:00-06:00"),
    "POST /manage/zone/days": as_form(day="2026-12-02", reason="停电"),
    "POST /manage/zone/days/removal": as_form(day="2026-12-02"),
    "POST /manage/words": as_form(word="透射电镜", same_as="TEM"),
    "POST /manage/imports": _sheet,
}
