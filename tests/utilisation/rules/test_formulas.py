"""Formulas of report templates: arithmetic over known figures, and nothing else."""

from fractions import Fraction

import pytest

from booking.utilisation.rules.formulas import Formula, FormulaUnreadable

KNOWN = {"used": Fraction(1120), "rated": Fraction(1400), "none": Fraction(0)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("used / rated * 100", Fraction(80)),
        ("min(used, 100) - 1.5", Fraction(197, 2)),
        ("60 if used >= rated else 48 if used / rated >= 0.8 else 36", Fraction(48)),
        ("-max(used, rated)", Fraction(-1400)),
        ("used / none", None),
    ],
)
def test_a_formula_is_reckoned_exactly(text: str, value: Fraction | None) -> None:
    assert Formula(text).value(KNOWN) == value


def test_a_formula_says_which_figures_it_needs() -> None:
    assert Formula("min(used, rated) + 1").names == {"used", "rated"}


@pytest.mark.parametrize(
    "text",
    [
        "used +",
        "__import__('os')",
        "used.real",
        "open(used)",
        "[used]",
        "used ** 9999",
        "lambda: 1",
        "'text'",
        "min(used, key=rated)",
        "1 < used < 3 and used",
        "used if used else 1",
        "True",
    ],
)
def test_what_is_no_arithmetic_is_refused_before_it_is_used(text: str) -> None:
    with pytest.raises(FormulaUnreadable):
        Formula(text)
