"""The one table of reactions: when this fact is announced, call these.

Reactions write rows in the transaction of the deed; what leaves the house leaves later.
`Event` stands for any fact: audit records them all.
"""

from collections.abc import Collection

from sqlmodel import Session

from booking.accounts import events as people
from booking.audit.queries.recent import subjects_after
from booking.audit.reactions import record
from booking.credit import events as credit
from booking.db.transactions import Reactions
from booking.instruments import events as instruments
from booking.instruments.reactions import (
    refile_cards_of_lab,
    refile_cards_of_provider,
    resume_cards_of_provider,
    suspend_cards_of_provider,
    tell_calendars,
    untie_operator,
)
from booking.jobs.events import JobRunByHand
from booking.kernel.events import Event
from booking.needs import events as needs
from booking.needs.reactions import forget_searches
from booking.notifications import events as notifications
from booking.notifications.reactions.credit import (
    tell_centre_of_appeal,
    tell_of_decision,
    tell_of_entry,
)
from booking.notifications.reactions.faults import tell_affected, tell_of_repair, tell_of_report
from booking.notifications.reactions.instruments import (
    tell_of_card,
    tell_of_filing,
    tell_of_sheet,
)
from booking.notifications.reactions.needs import (
    tell_of_needs,
    tell_of_new_cards,
    tell_of_offer,
)
from booking.notifications.reactions.orders import tell_of_order
from booking.notifications.reactions.organisations import (
    tell_centre_of_registration,
    tell_of_qualification,
    tell_organisation,
)
from booking.notifications.reactions.people import (
    forget_letters_to,
    send_invitation,
    send_password_link,
    send_sign_up_link,
    tell_account_closed,
    tell_delegate,
    tell_of_departure,
    tell_of_sign_in,
    tell_password_changed,
    tell_sign_up_known,
    tell_token_expiring,
    tell_viewed_as,
)
from booking.notifications.reactions.training import (
    tell_of_training,
    tell_trainers,
    tell_training_ends,
)
from booking.notifications.reactions.webhooks import (
    tell_webhook_failing,
    tell_webhooks,
)
from booking.orders import events as orders
from booking.orders.reactions import hand_over_running
from booking.organisations import events as organisations
from booking.reservations.queries.changed import instruments_behind
from booking.reservations.reactions import (
    cancel_bookings_of_organisation,
    end_asks,
    forget_feeds,
    hand_over_bookings,
    leave_waitlists,
    offer_what_was_freed,
    wait_without_helper,
)
from booking.training import events as training
from booking.utilisation.reactions import mark_moved_part
from booking.wiring import bookings, money

REACTIONS: Reactions = {
    **bookings.REACTIONS,
    **money.REACTIONS,
    # What calendars are told travels with the record.
    Event: (end_asks, tell_calendars, record, offer_what_was_freed),
    organisations.LabEdited: (refile_cards_of_lab,),
    organisations.OrganisationEdited: (refile_cards_of_provider,),
    notifications.WebhookFailing: (tell_webhook_failing,),
    organisations.OrganisationReinstated: (
        tell_organisation,
        resume_cards_of_provider,
        tell_webhooks,
    ),
    organisations.OrganisationReturned: (tell_organisation, tell_webhooks),
    organisations.OrganisationSuspended: (
        cancel_bookings_of_organisation,
        suspend_cards_of_provider,
        tell_organisation,
        tell_webhooks,
    ),
    credit.CreditAppealDecided: (tell_of_decision,),
    credit.CreditAppealed: (tell_centre_of_appeal,),
    credit.CreditEntered: (tell_of_entry,),
    instruments.AffectedToldAgain: (tell_affected,),
    instruments.FaultRepaired: (tell_of_repair,),
    instruments.FaultReported: (tell_of_report,),
    instruments.FilingDue: (tell_of_filing,),
    instruments.HelperChanged: (wait_without_helper,),
    instruments.InstrumentBroken: (tell_affected,),
    instruments.InstrumentEdited: (mark_moved_part,),
    instruments.InstrumentPublished: (tell_of_card,),
    instruments.InstrumentReturned: (tell_of_card,),
    instruments.InstrumentSubmitted: (tell_of_card,),
    instruments.RepairPutOff: (tell_affected,),
    instruments.SheetTakenIn: (tell_of_sheet,),
    needs.NeedsFitLab: (tell_of_needs,),
    needs.NewCardsFit: (tell_of_new_cards,),
    needs.OfferAccepted: (tell_of_offer,),
    needs.OfferDeclined: (tell_of_offer,),
    needs.OfferMade: (tell_of_offer,),
    orders.OrderAsked: (tell_of_order,),
    orders.OrderCalledOff: (tell_of_order,),
    orders.OrderClosed: (tell_of_order,),
    orders.OrderDeclined: (tell_of_order,),
    orders.OrderMessageSent: (tell_of_order,),
    orders.OrderQuoted: (tell_of_order,),
    orders.OrderWithdrawn: (tell_of_order,),
    orders.QuoteAccepted: (tell_of_order,),
    orders.QuoteExpired: (tell_of_order,),
    orders.QuoteRefused: (tell_of_order,),
    orders.ReportAccepted: (tell_of_order,),
    orders.ReportHandedIn: (tell_of_order,),
    orders.ReportObjected: (tell_of_order,),
    orders.SamplesMoved: (tell_of_order,),
    organisations.OrganisationVerified: (tell_organisation, tell_webhooks),
    organisations.QualificationExpiring: (tell_of_qualification,),
    organisations.QualificationReturned: (tell_of_qualification,),
    organisations.QualificationVerified: (tell_of_qualification,),
    people.AccountClosed: (tell_account_closed,),
    people.IdentityLinked: (tell_of_sign_in,),
    people.GuiseTaken: (tell_viewed_as,),
    people.MemberLeft: (hand_over_running, hand_over_bookings, leave_waitlists, tell_of_departure),
    people.PasswordChanged: (tell_password_changed,),
    people.PasswordLinkAsked: (send_password_link,),
    people.PersonAnonymised: (forget_feeds, forget_letters_to, forget_searches),
    people.PersonInvited: (send_invitation,),
    people.RecoveryCodeUsed: (tell_of_sign_in,),
    people.SecondFactorRemoved: (tell_of_sign_in,),
    people.SecondFactorSetUp: (tell_of_sign_in,),
    people.RoleDelegated: (tell_delegate,),
    people.RoleRevoked: (untie_operator,),
    people.TokenExpiring: (tell_token_expiring,),
    people.SignUpAsked: (send_sign_up_link,),
    people.SignUpConfirmed: (tell_centre_of_registration,),
    people.SignUpKnown: (tell_sign_up_known,),
    training.TrainingAsked: (tell_trainers,),
    training.TrainingDeclined: (tell_of_training,),
    training.TrainingEnding: (tell_training_ends,),
    training.TrainingGranted: (tell_of_training,),
    training.TrainingPutBack: (tell_of_training,),
    training.TrainingRevoked: (tell_of_training,),
    training.TrainingScheduled: (tell_of_training,),
}

_SILENT_ELSEWHERE = bookings.SILENT | money.SILENT
# Facts that are recorded and cause nothing else, on purpose.
SILENT: frozenset[type[Event]] = _SILENT_ELSEWHERE | frozenset(
    {
        credit.CreditAnnulled,
        credit.CreditRulesSet,
        needs.NeedClosed,
        needs.NeedLapsed,
        needs.NeedMatched,
        needs.NeedPublished,
        needs.NeedToldOf,
        needs.OfferWithdrawn,
        needs.SearchPaused,
        needs.SearchRemoved,
        needs.SearchRenamed,
        needs.SearchResumed,
        needs.SearchSaved,
        people.AccountReopened,
        people.DelegationEnded,
        people.GuiseEnded,
        people.GuiseUsed,
        people.InvitationAccepted,
        people.InvitationWithdrawn,
        people.CodeRefused,
        people.IdentityUnlinked,
        people.ProfileChanged,
        people.RecoveryCodesRenewed,
        people.RoleGranted,
        people.SignInFailed,
        people.SignedIn,
        people.SignedOut,
        people.TokenMade,
        people.TokenRevoked,
        people.UserCreated,
        instruments.CalendarEntered,
        instruments.ClosureLifted,
        instruments.ClosureScheduled,
        instruments.ClosureSeriesEnded,
        instruments.ClosureSeriesScheduled,
        instruments.FaultTriaged,
        instruments.InstrumentRegistered,
        instruments.InstrumentResumed,
        instruments.InstrumentRetired,
        instruments.InstrumentSuspended,
        instruments.LabOpeningChanged,
        instruments.RosterChanged,
        instruments.OpeningChanged,
        instruments.SheetSent,
        instruments.PolicyChanged,
        instruments.PolicyWithdrawn,
        instruments.TariffChanged,
        instruments.TariffWithdrawn,
        instruments.WordsPaired,
        instruments.WordsParted,
        instruments.ZoneOpeningChanged,
        JobRunByHand,
        notifications.NoticesChosen,
        notifications.WebhookAdded,
        notifications.WebhookPaused,
        notifications.WebhookRemoved,
        notifications.WebhookResumed,
        notifications.WebhookSecretRenewed,
        orders.OrderFileAdded,
        orders.OrderHandedOver,
        orders.OrderScheduled,
        organisations.LabOpened,
        organisations.OrganisationRegistered,
        organisations.LicenceHandedIn,
        organisations.OrganisationResubmitted,
        organisations.OrganisationsRelated,
        organisations.EvidenceHandedIn,
        organisations.QualificationAdded,
        organisations.QualificationReplaced,
        training.SessionCancelled,
        training.SessionHeld,
        training.SessionPlanned,
        training.TrainingWithdrawn,
    }
)


def changed_after(session: Session, place: int | None) -> tuple[int, Collection[int]]:
    """Which instruments the facts since `place` are about, and where they end: a `Look`."""
    last, subjects = subjects_after(session, place)
    return last, instruments_behind(session, subjects)
