"""What is new, gone or changed between two runs of a settlement."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple


class DifferenceKind(StrEnum):
    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


class Item(NamedTuple):
    """What is compared: an organisation's use or loan under a programme."""

    organisation_id: int
    programme: str
    reference: str


class Difference(NamedTuple):
    """An item whose payable amount is not what it was."""

    item: Item
    kind: DifferenceKind
    before: int
    after: int


def differences(before: Mapping[Item, int], after: Mapping[Item, int]) -> Iterator[Difference]:
    """All of them, by organisation, programme and reference."""
    for item in sorted({*before, *after}):
        was, now = before.get(item), after.get(item)
        if was == now:
            continue
        if was is None:
            yield Difference(item, DifferenceKind.NEW, 0, now or 0)
        elif now is None:
            yield Difference(item, DifferenceKind.GONE, was, 0)
        else:
            yield Difference(item, DifferenceKind.CHANGED, was, now)
