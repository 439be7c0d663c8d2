"""A place in a document: reads its keys, notes every fault with its path, goes on reading."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from booking.subsidies.rules.faults import Bad, Faults

T = TypeVar("T")


class Node:
    """A mapping in a document, at a path."""

    __slots__ = ("_broken", "_faults", "path", "raw")

    def __init__(self, raw: object, path: str, *, faults: Faults, allowed: Collection[str]) -> None:
        self.path = path
        self._faults = faults
        self._broken = not isinstance(raw, Mapping)
        if not isinstance(raw, Mapping):
            self._faults.add(path or "$", "not_a_mapping")
            raw = {}
        self.raw: Mapping[object, object] = raw
        for key in raw:
            if key not in allowed:
                self.fault(_shown(key), "unknown_key")

    def at(self, key: str) -> str:
        """The path of one of its keys."""
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, code: str, **params: object) -> None:
        self._faults.add(self.at(key) if key else self.path, code, params)

    def has(self, key: str) -> bool:
        """Whether something is said about it; null says nothing."""
        return self.raw.get(key) is not None

    def get(self, key: str, read: Callable[[object], T], *, default: T) -> T:
        """The value, or the default when nothing is said."""
        value = self.raw.get(key)
        if value is None:
            return default
        try:
            return read(value)
        except Bad as bad:
            self.fault(key, bad.code, **bad.params)
            return default

    def need(self, key: str, read: Callable[[object], T], *, otherwise: T) -> T:
        """The value; its absence is a fault, and `otherwise` only lets the reading go on."""
        # What is no mapping at all has one fault, not one per key.
        if not self.has(key) and not self._broken:
            self.fault(key, "missing")
        return self.get(key, read, default=otherwise)

    def child(self, key: str, allowed: Collection[str]) -> "Node":
        """The mapping under a key; an empty one when nothing is said."""
        raw = self.raw.get(key)
        return Node({} if raw is None else raw, self.at(key), faults=self._faults, allowed=allowed)

    def children(self, key: str, allowed: Collection[str]) -> "list[Node]":
        """The mappings in the list under a key."""
        raw = self.raw.get(key)
        if raw is None:
            return []
        if not isinstance(raw, list | tuple):
            self.fault(key, "not_a_list")
            return []
        return [
            Node(item, f"{self.at(key)}[{i}]", faults=self._faults, allowed=allowed)
            for i, item in enumerate(raw)
        ]


def _shown(key: object) -> str:
    """A key nobody knows, so that it can be written into an answer."""
    return str(key).encode("utf-8", "backslashreplace").decode()
