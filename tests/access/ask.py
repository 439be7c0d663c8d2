"""What goes with an address, and who asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.access.world.records import Value


@dataclass(frozen=True)
class At:
    """Who asks, and what the records are called that are asked for."""

    who: str
    named: Callable[[str], Value]

    def __call__(self, key: str) -> Value:
        return self.named(key)


@dataclass(frozen=True)
class File:
    """A file as a form sends it."""

    field: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Ask:
    """What goes with the address."""

    json: object = None
    form: Mapping[str, Value | Sequence[Value]] | None = None
    text: str | None = None
    file: File | None = None
    query: Mapping[str, Value | Sequence[Value]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(body: object) -> Callable[[At], Ask]:
    return lambda _: Ask(json=body)


def as_form(**fields: Value) -> Callable[[At], Ask]:
    return lambda _: Ask(form=fields)
