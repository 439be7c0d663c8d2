"""Every permission, as `room:verb`, in alphabetical order."""

from enum import StrEnum


class Permission(StrEnum):
    """What a door may ask for."""

    APPLICATION_DECIDE = "application:decide"
    APPLICATION_MAKE = "application:make"
    APPLICATION_READ = "application:read"
    AUDIT_READ = "audit:read"
    BILLING_MANAGE = "billing:manage"
    CALENDAR_MANAGE = "calendar:manage"
    CHARGE_ADJUST = "charge:adjust"
    CHARGE_READ = "charge:read"
    CREDIT_MANAGE = "credit:manage"
    INSTRUMENT_MANAGE = "instrument:manage"
    INSTRUMENT_PUBLISH = "instrument:publish"
    INVOICE_CHECK = "invoice:check"
    INVOICE_READ = "invoice:read"
    INVOICE_RECORD = "invoice:record"
    JOB_READ = "job:read"
    JOB_RUN = "job:run"
    LEDGER_READ = "ledger:read"
    LENDING_READ = "lending:read"
    LOAN_DRAW = "loan:draw"
    LOAN_MANAGE = "loan:manage"
    LOAN_READ = "loan:read"
    ORGANISATION_MANAGE = "organisation:manage"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_VERIFY = "organisation:verify"
    PEOPLE_MANAGE = "people:manage"
    PREPAYMENT_MANAGE = "prepayment:manage"
    PREPAYMENT_READ = "prepayment:read"
    PROGRAMME_MANAGE = "programme:manage"
    PROGRAMME_READ = "programme:read"
    RESERVATION_CREATE = "reservation:create"
    RESERVATION_DECIDE = "reservation:decide"
    RESERVATION_HOST = "reservation:host"
    RESERVATION_OVERRIDE = "reservation:override"
    RESERVATION_READ = "reservation:read"
    RESERVATION_USE = "reservation:use"
    SETTLEMENT_APPROVE = "settlement:approve"
    SETTLEMENT_MANAGE = "settlement:manage"
    STATEMENT_OBJECT = "statement:object"
    STATEMENT_READ = "statement:read"
    TRAINING_GRANT = "training:grant"
    UTILISATION_READ = "utilisation:read"
    VOUCHER_ISSUE = "voucher:issue"
    VOUCHER_PAY = "voucher:pay"
    VOUCHER_READ = "voucher:read"
    # What one's provider is owed for vouchers that it honoured.
    VOUCHER_CLAIM_READ = "voucher_claim:read"


# Whoever has a part in some reservation: asks for it, uses it, hosts it. Which part it is in the
# one at hand, the deed decides.
RESERVATION_PARTIES = (
    Permission.RESERVATION_CREATE,
    Permission.RESERVATION_HOST,
    Permission.RESERVATION_USE,
)

# What a role does not give to whoever exercises it in somebody's place: it ends with the absence,
# and nobody appointed by it should stay.
NOT_DELEGATED = frozenset({Permission.PEOPLE_MANAGE})

# What an administrator of the centre may do while viewing the site as somebody else: see it, and
# help with bookings. No money, nobody's roles, nobody's papers; whatever is new is not among it.
THROUGH_ANOTHER = frozenset(
    {
        Permission.CHARGE_READ,
        Permission.INSTRUMENT_MANAGE,
        Permission.LOAN_READ,
        Permission.ORGANISATION_READ,
        Permission.RESERVATION_CREATE,
        Permission.RESERVATION_DECIDE,
        Permission.RESERVATION_HOST,
        Permission.RESERVATION_OVERRIDE,
        Permission.RESERVATION_READ,
        Permission.RESERVATION_USE,
        Permission.STATEMENT_READ,
        Permission.UTILISATION_READ,
    }
)
