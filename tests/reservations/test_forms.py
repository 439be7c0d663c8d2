"""What people type into the forms of a use."""

import pytest
from starlette.datastructures import FormData

from booking.reservations.forms import RecordForm
from booking.web.forms import parse


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("碳膜铜网 3、金靶 1", {"碳膜铜网": 3, "金靶": 1}),
        ("碳膜铜网×3；金靶", {"碳膜铜网": 3, "金靶": 1}),
        ("PVDF 0.45 2", {"PVDF 0.45": 2}),
        ("PVDF 0.45", {"PVDF 0.45": 1}),
        ("金靶 1, 金靶 2", {"金靶": 3}),
        # None was used; an empty field says nothing about it.
        ("金靶 0", {}),
        ("  ", None),
    ],
)
def test_consumables_are_typed_as_names_and_pieces(
    typed: str, pieces: dict[str, int] | None
) -> None:
    form = parse(RecordForm, FormData([("consumables", typed)]))
    assert form.checked.record().consumables == pieces


def test_pieces_behind_many_blanks_are_read_at_once() -> None:
    form = parse(RecordForm, FormData({"consumables": "金靶" + " " * 490 + "2"}))
    assert form.checked.consumables == {"金靶": 2}
    unreadable = parse(RecordForm, FormData({"consumables": "金靶" + " " * 490 + "x"}))
    assert unreadable.checked.consumables == {"金靶 x": 1}


def test_an_endless_list_of_pieces_is_not_read() -> None:
    form = parse(RecordForm, FormData({"consumables": "金靶" + " " * 100_000 + "2"}))
    assert [fault.code for fault in form.faults["consumables"]] == ["form.too_long"]
