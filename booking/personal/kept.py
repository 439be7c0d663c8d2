"""The one table of what is kept of people: the page, the file for oneself and a test read it."""

from typing import Final

from booking.accounts import models as accounts
from booking.audit.models import AuditEntry
from booking.credit.models import CreditRules
from booking.files.models import StoredFile
from booking.instruments.models.calendar import Closure, ClosureSeries
from booking.instruments.models.fault import Fault
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.roster import OperatorPerson
from booking.instruments.models.sheet_import import SheetImport
from booking.instruments.models.tariff import Tariff
from booking.jobs.models import JobRun
from booking.loans.models import (
    BankFile,
    BankFileRow,
    BankMapping,
    BankRecord,
    CreditLine,
    DrawRequest,
    RepaymentTerms,
)
from booking.loans.models.kinds import LoanKindSetting
from booking.loans.models.promises import PurchasePromise
from booking.needs.models import SavedSearch
from booking.notifications.models import NoticeChoice, NoticeTimes, OutboxMessage
from booking.organisations.models import Qualification
from booking.personal.kept_of_use import (
    BOOKINGS,
    CHARGES,
    CREDIT,
    INVOICES,
    NEEDS,
    ORDERS,
    TRAININGS,
)
from booking.personal.rules import Until, Why
from booking.personal.told import Kept, Told
from booking.reservations.models.departed import Departed
from booking.reservations.models.feed import CalendarFeed
from booking.reservations.models.joint import JointBooking
from booking.reservations.models.series import ReservationSeries
from booking.subsidies.models.application import ProgrammeApplication
from booking.subsidies.models.clawback import Clawback
from booking.subsidies.models.issued import StatementExport
from booking.subsidies.models.payment import PaymentBatch, PaymentRow
from booking.subsidies.models.programme import ProgrammeEnd, ProgrammeVersion
from booking.subsidies.models.simulation import Simulation
from booking.subsidies.models.statement import Objection, Settlement, Statement, StatementSnapshot
from booking.utilisation.models import ReportFiling, ReportSubmission
from booking.vouchers.models import Voucher, VoucherMovement, VoucherPayment
from booking.web.idempotency import IdempotentAnswer
from booking.web.rates.windows import RateWindow

_OWNER: Final = ("user_id",)
_SECRETS: Final = (
    Told(accounts.Credential, _OWNER, ("changed_at",)),
    Told(accounts.SecondFactor, _OWNER, ("begun_at", "confirmed_at")),
    Told(accounts.RecoveryCode, _OWNER, ("used_at",)),
    Told(accounts.IdentityLink, _OWNER, ("issuer", "subject", "linked_at", "used_at")),
    Told(
        accounts.ApiToken,
        _OWNER,
        ("name", "scopes", "created_at", "expires_at", "used_at", "revoked_at"),
    ),
    Told(CalendarFeed, ("person_id",), ("instrument_id", "lab_id", "made_at")),
)
_TRACES: Final = (
    Told(
        accounts.LoginSession,
        _OWNER,
        ("created_at", "seen_at", "expires_at", "address", "agent", "strong", "ended_by"),
    ),
    # Somebody of the centre who viewed the site as this person: nothing about their browser.
    Told(accounts.LoginSession, ("guise_id",), ("user_id", "guise_until", "guise_reason")),
    Told(accounts.HalfSignIn, _OWNER, ("expires_at",)),
)
_ROLES: Final = (
    Told(accounts.Membership, _OWNER, ("role", "organisation_id", "lab_id", "granted_at")),
    Told(OperatorPerson, _OWNER, ("unit_id",)),
    Told(
        accounts.Delegation,
        ("delegator_id", "delegate_id"),
        (
            *("delegator_id", "delegate_id", "role", "organisation_id", "lab_id"),
            *("starts_at", "ends_at", "reason", "created_at", "revoked_at"),
        ),
    ),
    # Whom somebody invited is the guest's to know.
    Told(
        accounts.Invitation,
        ("invited_by",),
        ("role", "organisation_id", "lab_id", "created_at", "accepted_at", "withdrawn_at"),
        address="email",
    ),
)
_LETTERS: Final = (
    Told(accounts.MailedLink, _OWNER, ("purpose", "created_at", "expires_at", "used_at")),
    Told(
        OutboxMessage,
        _OWNER,
        ("fact", "email", "created_at", "sent_at", "read_at"),
        address="email",
    ),
    Told(NoticeChoice, ("person_id",), ("fact", "in_app", "mail")),
    Told(
        NoticeTimes,
        ("person_id",),
        ("daily_hour", "quiet_from", "quiet_until", "reminder_hours"),
    ),
)
_DEEDS: Final = (
    Told(BankFile, ("sent_by",), ("id", "bank", "sent_at")),
    Told(BankFileRow, ("decided_by",), ("id", "decision", "decided_at")),
    Told(BankMapping, ("saved_by",), ("bank", "saved_at")),
    Told(BankRecord, ("imported_by",), ("id", "imported_at")),
    Told(BookingPolicy, ("created_by",), ("id", "instrument_id", "created_at")),
    Told(Closure, ("created_by",), ("id", "instrument_id", "reason", "created_at")),
    Told(Clawback, ("entered_by",), ("id", "line_id", "amount_fen", "reason", "entered_at")),
    Told(PaymentBatch, ("drawn_by", "sent_by"), ("number", "drawn_at", "sent_at")),
    Told(PaymentRow, ("recorded_by",), ("batch_id", "position", "recorded_at")),
    # Gone a day after.
    Told(Departed, ("person_id", "successor_id"), ("organisation_id", "left_at")),
    Told(ReservationSeries, ("created_by",), ("number", "instrument_id", "created_at")),
    Told(JointBooking, ("created_by",), ("number", "created_at")),
    Told(ClosureSeries, ("created_by",), ("id", "instrument_id", "reason", "created_at")),
    Told(Fault, ("reported_by", "ended_by"), ("id", "instrument_id", "what", "reported_at")),
    Told(JobRun, ("actor_id",), ("job", "started_at")),
    Told(CreditRules, ("set_by",), ("id", "valid_from", "note", "set_at")),
    Told(CreditLine, ("created_by",), ("number", "created_at")),
    Told(DrawRequest, ("asked_by", "ended_by"), ("number", "asked_at", "ended_at")),
    Told(LoanKindSetting, ("set_by",), ("id", "kind", "reason", "set_at")),
    Told(PurchasePromise, ("agreed_by",), ("id", "contract_number", "agreed_at")),
    Told(RepaymentTerms, ("agreed_by",), ("id", "agreed_at")),
    Told(Objection, ("raised_by", "answered_by"), ("statement_id", "raised_at", "answered_at")),
    Told(
        ProgrammeVersion,
        ("created_by", "proposed_by", "activated_by"),
        ("id", "programme_id", "version", "created_at", "proposed_at", "activated_at"),
    ),
    Told(ProgrammeEnd, ("asked_by", "decided_by"), ("id", "document", "asked_at", "decided_at")),
    Told(
        ProgrammeApplication,
        ("created_by", "handed_in_by", "decided_by", "revoked_by"),
        ("id", "created_at", "handed_in_at", "decided_at", "revoked_at"),
    ),
    Told(ReportFiling, ("submitted_by",), ("kind", "period", "version", "submitted_at")),
    Told(ReportSubmission, ("submitted_by",), ("period", "version", "submitted_at")),
    Told(Voucher, ("issued_by",), ("number", "issued_at")),
    Told(VoucherMovement, ("made_by",), ("id", "made_at")),
    Told(VoucherPayment, ("made_by",), ("number", "made_at")),
    Told(Qualification, ("verified_by", "returned_by"), ("id", "verified_at", "returned_at")),
    Told(Settlement, ("settled_by",), ("period", "settled_at")),
    Told(Simulation, ("asked_by",), ("id", "period", "asked_at", "ended_at")),
    Told(
        Statement,
        ("locked_by", "approved_by", "paid_by"),
        ("number", "locked_at", "approved_at", "paid_at"),
    ),
    # Gone thirty days after it ended, with its faulty rows.
    Told(SheetImport, _OWNER, ("id", "total", "asked_at", "ended_at")),
    # Gone a week after it ended.
    Told(StatementExport, ("asked_by",), ("id", "period", "asked_at", "ended_at")),
    Told(StatementSnapshot, ("locked_by",), ("statement_id", "revision", "locked_at")),
    Told(StoredFile, ("uploaded_by",), ("given_name", "kind", "size", "uploaded_at")),
    Told(Tariff, ("created_by",), ("id", "instrument_id", "created_at")),
)
_TRAIL: Final = (
    Told(
        AuditEntry,
        ("actor_id",),
        ("at", "actor_id", "on_behalf_of", "name", "subject", "cause", "changes", "request_id"),
        subject=("subject", "user"),
    ),
)

KEPT: Final = (
    Kept(
        "profile",
        Why.ACCOUNT,
        Until.ANONYMISED,
        (
            Told(
                accounts.User,
                ("id",),
                (
                    *("id", "email", "name", "phone", "locale"),
                    *("created_at", "email_confirmed_at", "closed_at"),
                ),
            ),
        ),
    ),
    Kept(
        "sign_up",
        Why.ACCOUNT,
        Until.SIGN_UP,
        (
            Told(
                accounts.SignUp,
                (),
                ("email", "name", "phone", "locale", "organisation", "created_at", "expires_at"),
                address="email",
            ),
        ),
    ),
    Kept("secrets", Why.ACCOUNT, Until.ANONYMISED, _SECRETS),
    Kept("traces", Why.SAFETY, Until.SESSIONS, _TRACES),
    Kept("counters", Why.SAFETY, Until.HOURS, (Told(accounts.SignInThrottle), Told(RateWindow))),
    Kept(
        "answers",
        Why.SAFETY,
        Until.HOURS,
        (
            Told(
                IdempotentAnswer,
                (),
                ("caller_key", "status", "created_at"),
                subject=("caller", "person"),
            ),
        ),
    ),
    Kept("roles", Why.PLACES, Until.ANONYMISED, _ROLES),
    Kept("letters", Why.LETTERS, Until.LETTERS, _LETTERS),
    Kept("bookings", Why.CONTRACT, Until.NUMBER_STAYS, BOOKINGS),
    Kept("credit", Why.CONTRACT, Until.NUMBER_STAYS, CREDIT),
    Kept("trainings", Why.CONTRACT, Until.NUMBER_STAYS, TRAININGS),
    Kept(
        "searches",
        Why.LETTERS,
        Until.ANONYMISED,
        (Told(SavedSearch, ("person_id",), ("name", "asked", "paused", "created_at")),),
    ),
    Kept("needs", Why.CONTRACT, Until.NUMBER_STAYS, NEEDS),
    Kept("orders", Why.CONTRACT, Until.NUMBER_STAYS, ORDERS),
    Kept("deeds", Why.ACCOUNTABILITY, Until.NUMBER_STAYS, (*_DEEDS, *CHARGES, *INVOICES)),
    Kept("trail", Why.ACCOUNTABILITY, Until.NUMBER_STAYS, _TRAIL),
    Kept(
        "contacts",
        Why.CONTACT,
        Until.PUBLISHED,
        (
            Told(
                Instrument,
                (),
                ("name", "contact_name", "contact_phone", "contact_email"),
                address="contact_email",
            ),
        ),
    ),
)
