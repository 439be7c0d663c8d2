"""What letters say changes on purpose only: `python -m tests.notifications.golden` writes anew."""

import pytest

from booking.notifications.rules.letters import NoticeFact
from booking.web.i18n import LANGUAGES
from tests.notifications.golden import GOLDEN, cases, composed, path_of
from tests.notifications.letters import LETTERS, fact_of


@pytest.mark.parametrize(("name", "locale"), list(cases()))
def test_a_letter_says_what_its_golden_file_says(name: str, locale: str) -> None:
    assert composed(name, locale) == path_of(name, locale).read_text("utf-8")


def test_every_template_has_a_golden_file_in_every_language() -> None:
    assert {fact_of(name) for name in LETTERS} == {fact.value for fact in NoticeFact}
    assert len(LANGUAGES) == 2


def test_there_is_no_golden_file_of_a_letter_that_is_gone() -> None:
    assert set(GOLDEN.glob("*.txt")) == {path_of(*case) for case in cases()}
