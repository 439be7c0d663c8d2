"""Every test begins in the language of the house."""

import pytest

from booking.web.i18n import DEFAULT, begin_speaking


@pytest.fixture(autouse=True)
def _chinese_first() -> None:
    """Whatever language the test before it ended in."""
    begin_speaking(DEFAULT)
