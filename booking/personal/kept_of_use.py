"""What is kept about people who book, pay, learn, need and entrust."""

from typing import Final

from booking.billing.models import AdjustmentLimit, ChargeAdjustment, ChargeCorrection
from booking.credit.models import CreditAppeal, CreditEntry
from booking.invoices.models import (
    Invoice,
    InvoiceFile,
    InvoiceKeeping,
    InvoiceMatch,
    Payment,
    PaymentFile,
    PaymentMatch,
)
from booking.ledger.models import PrepaidEntry
from booking.needs.models import Need, NeedOffer
from booking.orders.models import OrderFile, OrderMessage, OrderQuote, SampleStep, ServiceOrder
from booking.personal.told import Told
from booking.reservations.models.dispute import DisputeMessage
from booking.reservations.models.feedback import UseFeedback
from booking.reservations.models.photo import ConditionPhoto
from booking.reservations.models.proposal import ReservationProposal, ReservationSwap
from booking.reservations.models.quote import PriceQuote
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.models.waitlist import WaitlistEntry
from booking.training.models import TrainingGrant, TrainingRequest, TrainingSession

CHARGES: Final = (
    Told(
        ChargeAdjustment,
        ("asked_by", "decided_by"),
        (
            *("id", "charge_id", "amount_fen", "reason", "state", "asked_at", "decided_at"),
            "decision",
        ),
    ),
    Told(ChargeCorrection, ("made_by",), ("number", "amount_fen", "reason", "made_at")),
    Told(
        PrepaidEntry,
        ("made_by",),
        ("account_id", "kind", "amount_fen", "bank_reference", "note", "made_at"),
    ),
    Told(AdjustmentLimit, ("set_by",), ("limit_fen", "note", "set_at")),
)
INVOICES: Final = (
    *(
        Told(
            paper,
            ("recorded_by", "checked_by", "voided_by"),
            ("reference", "recorded_at", "checked_at", "voided_at"),
        )
        for paper in (Invoice, Payment)
    ),
    Told(InvoiceFile, ("added_by",), ("invoice_id", "added_at")),
    Told(PaymentFile, ("added_by",), ("payment_id", "added_at")),
    Told(
        InvoiceMatch,
        ("matched_by", "ended_by"),
        ("invoice_id", "charge_id", "amount_fen", "matched_at", "ended_at"),
    ),
    Told(
        PaymentMatch,
        ("matched_by", "ended_by"),
        ("payment_id", "invoice_id", "amount_fen", "matched_at", "ended_at"),
    ),
    Told(InvoiceKeeping, ("set_by",), ("id", "first_day", "reason", "set_at")),
)
BOOKINGS: Final = (
    Told(
        Reservation,
        ("holder_id", "created_by"),
        (
            *("number", "instrument_id", "organisation_id", "holder_id", "created_by"),
            *("mode", "purpose", "samples", "starts_at", "ends_at", "state", "state_reason"),
            *("override_reason", "created_at", "updated_at"),
        ),
    ),
    Told(
        UsageSession,
        ("started_by", "ended_by", "host_confirmed_by", "user_confirmed_by"),
        ("reservation_id", "instrument_id", "started_at", "ended_at", "condition", "note"),
    ),
    Told(PriceQuote, ("asked_by",), ("number", "instrument_id", "total_fen", "asked_at")),
    Told(DisputeMessage, ("author_id",), ("reservation_id", "side", "text", "said_at")),
    Told(UseFeedback, ("given_by",), ("reservation_id", "grade", "comment", "given_at")),
    Told(ConditionPhoto, ("added_by",), ("reservation_id", "taken", "added_at")),
    Told(
        ReservationProposal,
        ("proposed_by",),
        (
            *("id", "reservation_id", "instrument_id", "starts_at", "ends_at", "reason"),
            *("proposed_at", "state", "ended_at"),
        ),
    ),
    Told(
        ReservationSwap,
        ("asked_by",),
        ("id", "asking_id", "asked_at", "state", "ended_at"),
    ),
    Told(
        WaitlistEntry,
        ("holder_id",),
        (
            *("id", "organisation_id", "starts_at", "ends_at", "minutes", "mode", "purpose"),
            *("samples", "consumables", "helper_ids", "state", "joined_at", "ended_at"),
        ),
    ),
)
TRAININGS: Final = (
    Told(
        TrainingRequest,
        ("person_id", "decided_by"),
        (
            *("id", "instrument_id", "organisation_id", "message", "state", "reason"),
            *("asked_at", "decided_at"),
        ),
    ),
    Told(
        TrainingGrant,
        ("person_id", "granted_by", "ended_by"),
        (
            *("id", "instrument_id", "organisation_id", "valid_to", "granted_at"),
            *("practised_at", "state", "ended_at", "end_reason"),
        ),
    ),
    Told(
        TrainingSession,
        ("planned_by", "ended_by"),
        ("id", "instrument_id", "starts_at", "ends_at", "planned_at"),
    ),
)
CREDIT: Final = (
    Told(
        CreditEntry,
        ("person_id",),
        (
            *("id", "organisation_id", "cause", "points", "reservation_number"),
            *("at", "lapses_at", "annuls_id"),
        ),
    ),
    Told(
        CreditAppeal,
        ("asked_by", "decided_by"),
        ("id", "entry_id", "words", "state", "reason", "asked_at", "decided_at"),
    ),
)
NEEDS: Final = (
    Told(
        Need,
        ("created_by",),
        ("id", "organisation_id", "what", "material", "accuracy", "by_day", "samples", "state"),
    ),
    Told(NeedOffer, ("created_by",), ("need_id", "lab_id", "words", "price_fen", "created_at")),
)
ORDERS: Final = (
    Told(
        ServiceOrder,
        ("asked_by",),
        ("number", "instrument_id", "organisation_id", "wishes", "by_day", "state", "created_at"),
    ),
    Told(
        OrderQuote,
        ("quoted_by", "decided_by"),
        ("order_id", "total_fen", "valid_until", "state", "quoted_at", "decided_at"),
    ),
    Told(OrderMessage, ("written_by",), ("order_id", "words", "written_at")),
    Told(OrderFile, ("added_by",), ("order_id", "role", "added_at")),
    Told(SampleStep, ("done_by",), ("sample_id", "station", "done_at")),
)
