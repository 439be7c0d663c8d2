"""The law of double entry: what is written sums to nought."""

from collections.abc import Iterable


def surplus(amounts: Iterable[int]) -> int:
    """By how much the debits (positive) exceed the credits (negative); nought when balanced."""
    return sum(amounts)


def reversal_of(reference: str) -> str:
    """The reference of the posting that takes another one back; there can be only one."""
    return f"{reference}/reversed"
