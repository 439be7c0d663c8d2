"""The tone of a state: which colour and shape its badge has. Words always stand beside it."""

from enum import Enum
from typing import Final, Literal

Tone = Literal["good", "live", "wait", "warn", "bad", "off"]

# By the value of the state, whatever room it belongs to.
_TONES: Final[dict[str, Tone]] = {
    **dict.fromkeys(
        (
            "confirmed",
            "published",
            "verified",
            "approved",
            "active",
            "paid",
            "settled",
            "succeeded",
            "done",
            "granted",
            "in_force",
            "held",
            "repaired",
            "accepted",
            "ordered",
            "checked",
        ),
        "good",
    ),
    **dict.fromkeys(
        ("in_use", "running", "in_publicity", "offered", "scheduled", "in_work", "sent"), "live"
    ),
    **dict.fromkeys(
        (
            "requested",
            "submitted",
            "handed_in",
            "pending",
            "draft",
            "completed",
            "locked",
            "queued",
            "reported",
            "proposed",
        ),
        "wait",
    ),
    **dict.fromkeys(
        (
            "disputed",
            "returned",
            "late",
            "maintenance",
            "partial",
            "skipped",
            "triaged",
            "part_returned",
        ),
        "warn",
    ),
    **dict.fromkeys(
        (
            "rejected",
            "refused",
            "missed",
            "fault",
            "failed",
            "suspended",
            "overdue",
            "declined",
            "revoked",
        ),
        "bad",
    ),
    **dict.fromkeys(
        (
            "cancelled",
            "expired",
            "retired",
            "closed",
            "withdrawn",
            "voided",
            "inactive",
            "replaced",
            "dismissed",
            "lapsed",
            "called_off",
            "dissolved",
        ),
        "off",
    ),
}


def tone(state: str | Enum) -> Tone:
    """The tone of a state; waiting when it is a new one."""
    value = state.value if isinstance(state, Enum) else state
    return _TONES.get(str(value), "wait")
