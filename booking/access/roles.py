"""The eight roles of `domain.md` §1 and what each may do: pure data.

A visitor is nobody signed in and holds no permission. Where a grant counts (everywhere, one
organisation, one lab) is said by the grant itself, see `actor.py`.
"""

from enum import StrEnum

from booking.access.permissions import Permission

P = Permission


class Role(StrEnum):
    """What a person is in an organisation, a lab or the centre."""

    COMPANY_MEMBER = "company_member"
    COMPANY_ADMIN = "company_admin"
    LAB_MANAGER = "lab_manager"
    OPERATOR = "operator"
    FINANCE = "finance"
    CENTRE_ADMIN = "centre_admin"
    AUDITOR = "auditor"


# Staff of the centre reach every organisation; the others only their own.
CENTRE_ROLES = frozenset({Role.FINANCE, Role.CENTRE_ADMIN, Role.AUDITOR})
LAB_ROLES = frozenset({Role.LAB_MANAGER, Role.OPERATOR})
COMPANY_ROLES = frozenset({Role.COMPANY_MEMBER, Role.COMPANY_ADMIN})

_MEMBER = frozenset(
    {P.CHARGE_READ, P.ORGANISATION_READ, P.RESERVATION_CREATE, P.RESERVATION_READ}
    | {P.RESERVATION_USE, P.STATEMENT_READ}
)
_OPERATOR = frozenset(
    {P.CHARGE_READ, P.ORGANISATION_READ, P.RESERVATION_HOST, P.RESERVATION_READ}
    | {P.TRAINING_GRANT, P.UTILISATION_READ}
)

ROLE_PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.COMPANY_MEMBER: _MEMBER,
    Role.COMPANY_ADMIN: _MEMBER
    | {P.LOAN_READ, P.ORGANISATION_MANAGE, P.PEOPLE_MANAGE, P.STATEMENT_OBJECT},
    Role.OPERATOR: _OPERATOR,
    Role.LAB_MANAGER: _OPERATOR
    | {P.INSTRUMENT_MANAGE, P.PEOPLE_MANAGE, P.RESERVATION_CREATE, P.RESERVATION_DECIDE}
    | {P.RESERVATION_OVERRIDE},
    Role.FINANCE: frozenset(
        {P.AUDIT_READ, P.CHARGE_READ, P.LOAN_MANAGE, P.LOAN_READ, P.LENDING_READ}
        | {P.PROGRAMME_MANAGE, P.PROGRAMME_READ, P.RESERVATION_READ, P.SETTLEMENT_APPROVE}
        | {P.ORGANISATION_READ, P.SETTLEMENT_MANAGE, P.STATEMENT_OBJECT, P.STATEMENT_READ}
        | {P.UTILISATION_READ, P.JOB_READ}
    ),
    Role.CENTRE_ADMIN: frozenset(
        {P.AUDIT_READ, P.CALENDAR_MANAGE, P.CHARGE_READ, P.CREDIT_MANAGE, P.INSTRUMENT_MANAGE}
        | {P.INSTRUMENT_PUBLISH, P.JOB_READ, P.JOB_RUN, P.LOAN_READ, P.LENDING_READ}
        | {P.ORGANISATION_MANAGE, P.ORGANISATION_READ, P.ORGANISATION_VERIFY}
        | {P.PEOPLE_MANAGE, P.PROGRAMME_READ}
        | {P.RESERVATION_CREATE, P.RESERVATION_DECIDE, P.RESERVATION_HOST}
        | {P.RESERVATION_OVERRIDE, P.RESERVATION_READ, P.SETTLEMENT_APPROVE}
        | {P.STATEMENT_READ, P.TRAINING_GRANT, P.UTILISATION_READ}
    ),
    Role.AUDITOR: frozenset(
        {P.AUDIT_READ, P.CHARGE_READ, P.JOB_READ, P.LOAN_READ, P.LENDING_READ}
        | {P.ORGANISATION_READ, P.PROGRAMME_READ, P.RESERVATION_READ}
        | {P.STATEMENT_READ, P.UTILISATION_READ}
    ),
}
