"""The one table of notices: of which facts is who told, and how unless they choose otherwise.

A row stands for a letter (`templates/email/<notice>`). Programs are told by webhook of those facts
that `HookFact` names. Whoever holds no role any more that a notice was for is told nothing of it.
"""

from collections.abc import Collection, Mapping
from typing import Final

from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.notice import Mail, Notice
from booking.notifications.rules.standing import Audience

_BOOKING: Final = "/reservations/{number}"
_ORDER: Final = (
    *("asked", "quoted", "declined", "quote_accepted", "quote_refused", "quote_expired"),
    *("withdrawn", "called_off", "samples_moved", "message_sent", "reported", "report_accepted"),
    *("report_objected", "closed"),
)
_CARD: Final = "/manage/instruments/{instrument_id}"
_TRAINING: Final = "/instruments/{instrument_id}/training"
_COMPANY: Final = "/organisations/{organisation_id}"


def _steps(of: str, *steps: str) -> tuple[str, ...]:
    return tuple(f"{of}.{step}" for step in steps)


def _about_security(*facts: str) -> Notice:
    return Notice(facts=facts, path="/account", fixed=True, urgent=True)


def _by_mail(*facts: str) -> Notice:
    """For an address, or for somebody who cannot (yet, or any more) or need not be there."""
    return Notice(facts=facts, in_app=False, fixed=True, urgent=True)


NOTICES: Final[Mapping[NoticeFact, Notice]] = {
    # Bookings
    NoticeFact.BOOKING: Notice(
        facts=(
            *_steps("reservation", "requested", "confirmed", "rejected", "expired"),
            *_steps("reservation", "moved", "cancelled", "handed_over"),
        ),
        path=_BOOKING,
    ),
    NoticeFact.BOOKING_FEE: Notice(
        facts=_steps("reservation", "cancelled", "missed", "overran"),
        to=(Audience.HOLDER, Audience.COMPANY),
        path=_BOOKING,
    ),
    NoticeFact.CHARGE_STEP: Notice(
        facts=_steps("charge", "corrected", "adjustment_asked", "adjustment_refused"),
        to=(Audience.HOLDER, Audience.COMPANY, Audience.LAB, Audience.FINANCE),
        path="/charges/{number}",
    ),
    NoticeFact.LOAN_STEP: Notice(
        facts=(
            *_steps("loan", "draw_asked", "draw_confirmed", "draw_refused"),
            *_steps("loan", "draw_expired", "draw_exceeded", "draw_covered"),
            *_steps("loan", "promise_at_risk", "promise_short", "promise_kept"),
            *_steps("loan", "overdue", "in_order"),
        ),
        to=(Audience.COMPANY, Audience.FINANCE),
        path="/loans/{loan}",
    ),
    NoticeFact.PREPAYMENT_STEP: Notice(
        facts=_steps("prepayment", "received", "refunded"),
        to=(Audience.COMPANY,),
        path="/prepayments/{account_id}",
    ),
    NoticeFact.APPLICATION_STEP: Notice(
        facts=(
            *_steps("application", "handed_in", "returned", "accepted", "refused", "withdrawn"),
            *("application.revoked", "programme.ended", "programme.withdrawn"),
        ),
        to=(Audience.COMPANY, Audience.FINANCE),
        path="/applications/{application_id}",
    ),
    NoticeFact.PROGRAMME_STEP: Notice(
        facts=_steps("programme", "proposed", "returned", "ending_asked", "ending_declined"),
        to=(Audience.FINANCE,),
        path="/programmes/{programme}",
    ),
    NoticeFact.VOUCHER_STEP: Notice(
        facts=_steps("voucher", "issued", "expiring", "expired", "restored"),
        to=(Audience.COMPANY,),
        path="/vouchers/{number}",
    ),
    NoticeFact.BOOKING_REMINDER: Notice(facts=(), path=_BOOKING),
    NoticeFact.SERIES_STEP: Notice(
        facts=_steps("series", "reserved", "approved", "rejected", "moved", "cancelled"),
        path="/reservation-series/{number}",
    ),
    NoticeFact.JOINT_STEP: Notice(
        facts=_steps("joint", "reserved", "moved", "cancelled"),
        path="/joint-bookings/{number}",
    ),
    NoticeFact.BOOKINGS_STEP: Notice(
        facts=_steps("bookings", "ended", "handed_over"), path="/reservations"
    ),
    NoticeFact.REQUEST_WAITING: Notice(
        facts=(
            *_steps("reservation", "requested", "moved", "handed_over"),
            *_steps("series", "reserved", "moved"),
            *_steps("joint", "reserved", "moved"),
            *_steps("bookings", "handed_over"),
        ),
        to=(Audience.LAB,),
        path="/approvals",
    ),
    # Both wait for an answer, but not for long.
    NoticeFact.PROPOSAL_STEP: Notice(
        facts=_steps("proposal", "made", "accepted", "declined", "lapsed", "withdrawn"),
        to=(Audience.HOLDER, Audience.LAB),
        path=_BOOKING,
        urgent=True,
    ),
    NoticeFact.SWAP_STEP: Notice(
        facts=_steps("swap", "asked", "declined", "lapsed", "withdrawn"), path=_BOOKING, urgent=True
    ),
    NoticeFact.DISPUTE_STEP: Notice(
        facts=_steps("use", "disputed", "dispute_answered", "centre_asked", "dispute_resolved"),
        to=(Audience.HOLDER, Audience.LAB, Audience.CENTRE),
        path=_BOOKING,
    ),
    NoticeFact.HINDERED: Notice(facts=("reservation.hindered",), path=_BOOKING, urgent=True),
    NoticeFact.WAITLIST_OFFER: Notice(facts=("waitlist.offered",), path="/waitlist", urgent=True),
    NoticeFact.WAITLIST_LAPSED: Notice(facts=("waitlist.lapsed",), path="/waitlist"),
    NoticeFact.WAITLIST_WITHOUT: Notice(facts=("waitlist.helpers_withdrawn",), path="/waitlist"),
    NoticeFact.FAULT_CLOSED: Notice(
        facts=_steps("fault", "closed", "put_off", "told_again"), path=_BOOKING, urgent=True
    ),
    NoticeFact.FAULT_REPAIRED: Notice(facts=("fault.repaired",), path=_BOOKING),
    # Orders
    NoticeFact.ORDER_STEP: Notice(
        facts=_steps("order", *_ORDER), to=(Audience.HOLDER, Audience.LAB), path="/orders/{number}"
    ),
    # Credit
    NoticeFact.CREDIT_ENTERED: Notice(
        facts=("credit.entered",),
        to=(Audience.HOLDER, Audience.LAB),
        path="/credit/entries/{entry_id}/appeal",
    ),
    NoticeFact.CREDIT_APPEALED: Notice(
        facts=("credit.appealed",), to=(Audience.CENTRE,), path="/credit/appeals"
    ),
    NoticeFact.CREDIT_APPEAL_DECIDED: Notice(facts=("credit.appeal_decided",), path="/credit"),
    # Instruments
    NoticeFact.FAULT_REPORTED: Notice(
        facts=("fault.reported",), to=(Audience.LAB,), path=f"{_CARD}/faults", urgent=True
    ),
    NoticeFact.FILING_DUE: Notice(facts=("instrument.filing_due",), to=(Audience.LAB,), path=_CARD),
    NoticeFact.REPORT_DUE: Notice(
        facts=("report.due",), to=(Audience.COMPANY, Audience.CENTRE), path="/filed-reports/due"
    ),
    NoticeFact.INSTRUMENT_STEP: Notice(
        facts=("instrument.submitted", "instrument.returned", "instrument.published"),
        to=(Audience.LAB, Audience.CENTRE),
        path=_CARD,
    ),
    NoticeFact.SHEET_TAKEN_IN: Notice(
        facts=("instrument_import.ended",), path="/manage/imports/{import_id}"
    ),
    # Training
    NoticeFact.TRAINING_ASKED: Notice(
        facts=("training.asked",), to=(Audience.LAB,), path=f"/manage{_TRAINING}"
    ),
    NoticeFact.TRAINING_STEP: Notice(
        facts=_steps("training", "scheduled", "put_back", "declined", "granted", "revoked"),
        path=_TRAINING,
    ),
    NoticeFact.TRAINING_ENDING: Notice(facts=("training.ending",), path=_TRAINING),
    # Needs
    NoticeFact.NEED_OFFER: Notice(
        facts=("need.offer_made", "need.offer_accepted", "need.offer_declined"),
        to=(Audience.HOLDER, Audience.LAB),
        path="/needs/{need_id}",
        lab_path="/needs/board/{need_id}",
    ),
    NoticeFact.NEEDS_DIGEST: Notice(
        facts=("need.fits_lab",), to=(Audience.LAB,), path="/needs/board"
    ),
    NoticeFact.NEW_CARDS: Notice(facts=("saved_search.new_cards",), path="/saved-searches"),
    # Organisations
    NoticeFact.ORGANISATION_STATE: Notice(
        facts=_steps("organisation", "verified", "returned", "suspended", "reinstated"),
        to=(Audience.COMPANY,),
        path=_COMPANY,
    ),
    NoticeFact.QUALIFICATION: Notice(
        facts=_steps(
            "organisation",
            *("qualification_verified", "qualification_returned", "qualification_expiring"),
        ),
        to=(Audience.COMPANY,),
        path=_COMPANY,
    ),
    NoticeFact.REGISTRATION_WAITING: Notice(
        facts=("sign_up.confirmed",), to=(Audience.CENTRE,), path="/registrations"
    ),
    NoticeFact.STATEMENT_STEP: Notice(
        facts=_steps("statement", *("published", "objected", "paid", "returned", "recovered")),
        to=(Audience.COMPANY, Audience.FINANCE),
        path="/statements/{number}",
    ),
    NoticeFact.INVOICE_STEP: Notice(
        facts=_steps("invoice", "recorded", "checked", "voided"),
        to=(Audience.HOLDER, Audience.COMPANY),
        path="/invoices/{reference}",
        mail=Mail.DAILY,
    ),
    NoticeFact.WEBHOOK_FAILING: Notice(
        facts=("webhook.failing",), to=(Audience.COMPANY,), path="/webhooks/{webhook_id}"
    ),
    # Accounts
    NoticeFact.DELEGATION: Notice(facts=("delegation.made",), path="/account"),
    NoticeFact.DEPARTURE: Notice(facts=("user.left",), path="/reservations"),
    NoticeFact.PASSWORD_CHANGED: _about_security("user.password_changed"),
    NoticeFact.SIGN_IN_CHANGED: _about_security(
        "user.second_factor_set_up",
        "user.second_factor_removed",
        "user.recovery_code_used",
        "user.identity_linked",
    ),
    NoticeFact.TOKEN_EXPIRING: Notice(facts=("user.token_expiring",), path="/account"),
    NoticeFact.VIEWED_AS: _by_mail("guise.taken"),
    NoticeFact.SIGN_UP_KNOWN: _by_mail("sign_up.known"),
    NoticeFact.ACCOUNT_CLOSED: _by_mail("user.closed"),
    NoticeFact.INVITATION: _by_mail("invitation.made"),
    NoticeFact.PASSWORD_LINK: _by_mail("user.password_link_asked"),
    NoticeFact.SIGN_UP: _by_mail("sign_up.asked"),
}
# Their calendars have each of the bookings that they are about.
TELL_OF_SEVERAL: Final = frozenset(
    {NoticeFact.BOOKINGS_STEP, NoticeFact.SERIES_STEP, NoticeFact.JOINT_STEP}
)
_BY_NAME: Final = {fact.value: fact for fact in NoticeFact}


def fact_named(name: str) -> NoticeFact | None:
    """The fact of that name; None for what only an older release told of."""
    return _BY_NAME.get(name)


def usual(fact: NoticeFact) -> tuple[bool, Mail]:
    """Whether it is shown in the application, and when a letter leaves, unless somebody chooses."""
    return NOTICES[fact].in_app, NOTICES[fact].mail


def concerns(notice: Notice, roles: Collection[str]) -> bool:
    """Whether somebody in these roles may ever be told of it."""
    return any(one is Audience.HOLDER or one.value in roles for one in notice.to)


# Shown on pages; of the others only letters tell.
IN_APP: Final = tuple(fact for fact, notice in NOTICES.items() if notice.in_app)
CHOOSABLE: Final = tuple(fact for fact, notice in NOTICES.items() if not notice.fixed)
FIXED: Final = frozenset(fact for fact, notice in NOTICES.items() if notice.fixed)
