"""Which codes name a period."""

import pytest

from booking.kernel.periods import Period
from booking.web.formats import period_text


@pytest.mark.parametrize(
    "code", ["2026-11", "2026-Q4", "2026", "AY2025"], ids=["month", "quarter", "year", "academic"]
)
def test_a_period_is_read_by_its_code(code: str) -> None:
    assert Period.parse(code).code == code


@pytest.mark.parametrize(
    "code", ["２０２６-11", "٢٠٢٦", "AY２０２５", "2026-²²", "2026-00", "2026-13", "2026-11\n"]
)
def test_what_only_looks_like_a_code_names_none(code: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        Period.parse(code)
    assert period_text(code) == code


def test_a_quarter_is_said_in_words() -> None:
    assert period_text("2026-Q4") == "2026 年第 4 季度"
