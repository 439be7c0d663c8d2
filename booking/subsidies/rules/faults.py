"""What is wrong with a document, and where: every fault is found before it is refused."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from booking.kernel.errors import BookingError, Kind, Violation


class Bad(ValueError):
    """One value that cannot be read; the reader adds the path."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class ProgrammeInvalid(BookingError):
    """A programme, a line or a loan that cannot be evaluated; `violations` hold every fault."""

    kind: ClassVar[Kind] = "invalid"
    code: ClassVar[str] = "programme.invalid"

    def __init__(self, faults: Iterable[Violation]) -> None:
        violations = tuple(faults)
        first = violations[0]
        super().__init__(path=first.params["path"], fault=first.code.removeprefix("programme."))
        self.violations = violations

    def __str__(self) -> str:
        return "; ".join(f"{v.params['path']}: {v.code}" for v in self.violations)


class Faults:
    """The faults of one document, in reading order."""

    def __init__(self) -> None:
        self.found: list[Violation] = []

    def add(self, path: str, code: str, params: Mapping[str, object] | None = None) -> None:
        self.found.append(Violation(f"programme.{code}", {"path": path, **(params or {})}))

    def refuse_if_any(self) -> None:
        if self.found:
            raise ProgrammeInvalid(self.found)
