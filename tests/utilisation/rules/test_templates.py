"""Report templates: data with sources; what does not add up is refused."""

from fractions import Fraction
from typing import Any

import pytest

from booking.utilisation.report.templates import template
from booking.utilisation.rules.sheets import Kind
from booking.utilisation.rules.templates import TemplateInvalid, template_of

ITEM: dict[str, Any] = {
    "code": "hours",
    "heading": "机时",
    "heading_en": "Hours",
    "formula": "used",
    "source": "示例",
}
GOOD: dict[str, Any] = {
    "name": "示例表",
    "name_en": "Example",
    "source": "示例",
    "asks": [{"code": "papers", "heading": "论文", "heading_en": "Papers"}],
    "items": [{**ITEM, "weight": 100, "most": 100}],
    "total": {"heading": "总分", "heading_en": "Total"},
}
KNOWN = frozenset({"used"})


def test_the_evaluation_gives_the_total_of_the_worked_example() -> None:
    figures = {
        "effective_hours": Fraction(1120),
        "rated_hours": Fraction(1400),
        "income_outside": Fraction(12_000),
    }
    typed = {
        "independent": "4",
        "guided": "6",
        "shown": "60",
        "awards_national": "0",
        "awards_provincial": "1",
        "awards_school": "0",
        "papers_indexed": "0",
        "papers_core": "2",
        "income_inside": "0",
        "functions": "5",
        "functions_used": "4",
        "functions_new": "1",
    }
    values = template(Kind.EFFICIENCY).values(figures, typed)
    scores = ("hours", "people", "results", "income", "functions_score", "total")
    assert [values[code] for code in scores] == ["80", "60", "70", "60", "58", "69.40"]


def test_no_score_exceeds_what_it_may() -> None:
    form = template_of(GOOD, figures=KNOWN)
    assert form.values({"used": Fraction(250)}, {})["total"] == "100"


@pytest.mark.parametrize(
    "change",
    [
        {"items": [{**ITEM, "formula": "unknown", "weight": 100}]},
        {"items": [{**ITEM, "formula": "used +", "weight": 100}]},
        {"items": [{**ITEM, "weight": 60}]},
        {"items": [{**ITEM, "weight": 100, "source": ""}]},
        {"items": [{"code": "hours"}]},
        {"shows": [{"code": "nobody", "heading": "无", "heading_en": "None"}]},
        {"name": None, "items": None},
    ],
)
def test_a_template_that_does_not_add_up_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(TemplateInvalid):
        template_of({**GOOD, **change}, figures=KNOWN)


@pytest.mark.parametrize("kind", [Kind.EFFICIENCY, Kind.MONITORING])
def test_every_formula_of_ours_names_its_source_and_what_is_assumed_an_example(kind: Kind) -> None:
    items = template(kind).items
    assert all(item.column.source for item in items)
    assumed = [item.column.code for item in items if item.column.is_example]
    assert all(("示例" in item.column.source) == (item.column.code in assumed) for item in items)


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": [{**ITEM, "formula": "used + subsidy", "weight": 100}]},
        {"items": [{**ITEM, "code": "subsidy_score", "formula": "subsidy", "weight": 100}]},
        {"asks": [{"code": "subsidy_told", "heading": "补助", "heading_en": "Subsidy"}]},
    ],
)
def test_what_tells_of_subsidies_says_so_and_is_in_no_total(wrong: dict[str, Any]) -> None:
    with pytest.raises(TemplateInvalid):
        template_of({**GOOD, **wrong}, figures=KNOWN | {"subsidy"})
