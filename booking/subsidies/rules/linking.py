"""Steps as a chain of amounts: each begins with what the one before came to."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from booking.kernel.money import yuan
from booking.subsidies.rules.steps import Step, step_json

# Their amounts are negative.
_TAKES_AWAY: Final = ("other_funding", "settled_before")


class Link(NamedTuple):
    """A step with the amounts before and after it, in fen; None where there is none yet."""

    step: Step
    start: int | None
    result: int | None


def chained(taken: Sequence[Step]) -> list[Link]:
    """The steps of a line or of a loan, linked."""
    found: list[Link] = []
    running: int | None = None
    for step in taken:
        result = _after(step, running)
        found.append(Link(step, running, result))
        running = result
    return found


def _after(step: Step, running: int | None) -> int | None:
    """What takes away is subtracted; a condition, a rate or a segment moves no money by itself."""
    if step.code.startswith("reason:"):
        return 0
    if step.amount is None:
        return running
    takes_away = step.code in _TAKES_AWAY or step.code.startswith("cut:")
    return (running or 0) + step.amount if takes_away else step.amount


def links_json(taken: Sequence[Step]) -> list[dict[str, object]]:
    """The chain as JSON: each step with its start and its result, in yuan."""
    return [
        {
            **step_json(link.step),
            "start": None if link.start is None else yuan(link.start),
            "result": None if link.result is None else yuan(link.result),
        }
        for link in chained(taken)
    ]
