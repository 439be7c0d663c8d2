"""Invariants 8 and 9: roles are where they belong, and every change of state left its entry."""

from typing import Final

from booking.access.roles import CENTRE_ROLES, COMPANY_ROLES, LAB_ROLES, Role
from booking.checking.proof import Proof, selecting


def _listed(roles: frozenset[Role]) -> str:
    return ", ".join(f"'{role.value}'" for role in sorted(roles))


# The facts that lead into a state; one of them must have been told.
_TOLD: Final = {
    # Asked for anew when it moved, or went to somebody who needs a decision.
    "requested": ("reservation.requested", "reservation.moved", "reservation.handed_over"),
    # The lab has promised what it proposed.
    "confirmed": ("reservation.confirmed", "proposal.accepted"),
    "rejected": ("reservation.rejected",),
    "expired": ("reservation.expired",),
    "cancelled": ("reservation.cancelled",),
    "missed": ("reservation.missed",),
    "in_use": ("use.started",),
    "completed": ("use.ended",),
    "disputed": ("use.disputed",),
    "settled": ("use.settled",),
}
_UNTOLD: Final = " UNION ALL ".join(
    f"""
    SELECT number, state FROM reservation WHERE state = '{state}' AND NOT EXISTS (
        SELECT 1 FROM audit_entry WHERE subject = 'reservation:' || number
        AND name IN ({", ".join(f"'{name}'" for name in names)})
    )"""  # noqa: S608 - our own words
    for state, names in _TOLD.items()
)

PROOFS: Final = (
    Proof(
        8,
        "a role is granted where it does not belong",
        selecting(f"""
            SELECT user_id, role, organisation_id, lab_id FROM membership
            WHERE (role IN ({_listed(LAB_ROLES)}) AND lab_id IS NULL)
            OR (role IN ({_listed(COMPANY_ROLES)})
                AND (organisation_id IS NULL OR lab_id IS NOT NULL))
            OR (role IN ({_listed(CENTRE_ROLES)})
                AND (organisation_id IS NOT NULL OR lab_id IS NOT NULL))
        """),  # noqa: S608 - our own roles
    ),
    Proof(9, "a reservation came into its state untold", selecting(_UNTOLD)),
    Proof(
        9,
        "a statement went on untold",
        selecting("""
            SELECT number, state FROM statement WHERE state <> 'draft' AND NOT EXISTS (
                SELECT 1 FROM audit_entry WHERE subject = 'statement:' || number
                AND name = 'statement.locked'
            )
        """),
    ),
)
