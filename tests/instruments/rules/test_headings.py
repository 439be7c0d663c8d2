"""Which column a heading means."""

import pytest

from booking.instruments.rules.headings import headings_of


@pytest.mark.parametrize(
    "written", ["中文名称", " 中文名称* ", "中文名称（必填）", "中文名称(必填)："]
)
def test_decoration_changes_no_heading(written: str) -> None:
    assert headings_of([written]).keys == headings_of(["name"]).keys == {0: "name"}


@pytest.mark.parametrize("sign", ["(", "（", "()", "* "])
def test_a_heading_of_nothing_but_signs_is_given_up_at_once(sign: str) -> None:
    assert headings_of([sign * 100_000]).keys == {}


def test_of_an_endless_heading_the_beginning_is_kept() -> None:
    assert headings_of(["\ufdfa" * 100_000]).unknown == ("\ufdfa" * 60,)
