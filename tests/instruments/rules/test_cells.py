"""What stands in a cell: texts that would mean something else come back as they went."""

import pytest

from booking.instruments.rules.cells import LONGEST_CELL, Cleared, guarded, read, unguarded
from booking.instruments.rules.columns import COLUMNS, Column, Kind
from booking.kernel.errors import Violation

NOTES = Column(key="user_notes", heading="用户须知", kind=Kind.TEXT)
# Folded, each of these is eighteen signs.
ENDLESS = "\ufdfa" * (LONGEST_CELL + 1)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "＝1", "'=1", "''@", "清空", "'清空", "#N/A", "'#REF!", "-", "清空。", "'90s", ""],
)
def test_whatever_a_text_is_it_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert read(NOTES, guarded(text)) == text


def test_only_the_bare_word_clears_and_only_a_bare_error_is_one() -> None:
    assert isinstance(read(NOTES, "清空"), Cleared)
    assert isinstance(read(NOTES, "#N/A"), Violation)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_an_endless_text_is_too_long_whatever_it_should_say(column: Column) -> None:
    fault = read(column, ENDLESS)
    assert isinstance(fault, Violation)
    assert (fault.code, fault.params["field"]) == ("form.too_long", column.key)
