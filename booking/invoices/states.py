"""The life of an invoice or a payment; whatever is not in the table is refused.

recorded → checked by the centre's finance; either → voided, with a reason. Nothing is edited: what
is wrong is voided and recorded anew.
"""

from enum import StrEnum
from typing import Final


class PaperState(StrEnum):
    """Where a record stands; only what is checked counts."""

    RECORDED = "recorded"
    CHECKED = "checked"
    VOIDED = "voided"


class PaperStep(StrEnum):
    """What can be done to it."""

    CHECK = "check"
    VOID = "void"


_S, _D = PaperState, PaperStep
TRANSITIONS: Final[dict[tuple[PaperState, PaperStep], PaperState]] = {
    (_S.RECORDED, _D.CHECK): _S.CHECKED,
    (_S.RECORDED, _D.VOID): _S.VOIDED,
    (_S.CHECKED, _D.VOID): _S.VOIDED,
}


def after(state: PaperState, step: PaperStep) -> PaperState | None:
    """Where a step leads, or nothing when it is not allowed from here."""
    return TRANSITIONS.get((state, step))
