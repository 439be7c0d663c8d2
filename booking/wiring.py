"""The one table of reactions: when this fact is announced, call these.

Reactions write rows in the transaction of the deed; what leaves the house leaves later.
`Event` stands for any fact: audit records them all.
"""

from booking.accounts import events as people
from booking.audit.reactions import record
from booking.billing import events as billing
from booking.billing.reactions import charge_late_cancellation, charge_no_show, charge_use
from booking.db.transactions import Reactions
from booking.instruments import events as instruments
from booking.instruments.reactions import (
    refile_cards_of_lab,
    refile_cards_of_provider,
    resume_cards_of_provider,
    suspend_cards_of_provider,
)
from booking.jobs.events import JobRunByHand
from booking.kernel.events import Event
from booking.loans import events as loans
from booking.notifications.reactions import (
    send_invitation,
    send_password_link,
    send_sign_up_link,
    tell_centre_of_registration,
    tell_of_departure,
    tell_of_qualification,
    tell_of_sign_in,
    tell_organisation,
    tell_password_changed,
    tell_sign_up_known,
    tell_viewed_as,
)
from booking.organisations import events as organisations
from booking.reservations import events as reservations
from booking.reservations.events import ReservationCancelled, ReservationMissed, UseSettled
from booking.reservations.reactions import cancel_bookings_of_organisation, hand_over_bookings
from booking.subsidies import events as subsidies

REACTIONS: Reactions = {
    Event: (record,),
    organisations.LabEdited: (refile_cards_of_lab,),
    organisations.OrganisationEdited: (refile_cards_of_provider,),
    organisations.OrganisationReinstated: (tell_organisation, resume_cards_of_provider),
    organisations.OrganisationReturned: (tell_organisation,),
    organisations.OrganisationSuspended: (
        cancel_bookings_of_organisation,
        suspend_cards_of_provider,
        tell_organisation,
    ),
    organisations.OrganisationVerified: (tell_organisation,),
    organisations.QualificationExpiring: (tell_of_qualification,),
    organisations.QualificationReturned: (tell_of_qualification,),
    organisations.QualificationVerified: (tell_of_qualification,),
    people.IdentityLinked: (tell_of_sign_in,),
    people.GuiseTaken: (tell_viewed_as,),
    people.MemberLeft: (hand_over_bookings, tell_of_departure),
    people.PasswordChanged: (tell_password_changed,),
    people.PasswordLinkAsked: (send_password_link,),
    people.PersonInvited: (send_invitation,),
    people.RecoveryCodeUsed: (tell_of_sign_in,),
    people.SecondFactorRemoved: (tell_of_sign_in,),
    people.SecondFactorSetUp: (tell_of_sign_in,),
    people.SignUpAsked: (send_sign_up_link,),
    people.SignUpConfirmed: (tell_centre_of_registration,),
    people.SignUpKnown: (tell_sign_up_known,),
    ReservationCancelled: (charge_late_cancellation,),
    ReservationMissed: (charge_no_show,),
    UseSettled: (charge_use,),
}

# Facts that are recorded and cause nothing else, on purpose.
SILENT: frozenset[type[Event]] = frozenset(
    {
        billing.Charged,
        loans.BankFileImported,
        loans.CreditLineGranted,
        people.GuiseEnded,
        people.GuiseUsed,
        people.InvitationAccepted,
        people.InvitationWithdrawn,
        people.CodeRefused,
        people.IdentityUnlinked,
        people.ProfileChanged,
        people.RecoveryCodesRenewed,
        people.RoleGranted,
        people.RoleRevoked,
        people.SignInFailed,
        people.SignedIn,
        people.SignedOut,
        people.TokenMade,
        people.TokenRevoked,
        people.UserCreated,
        instruments.CalendarEntered,
        instruments.ClosureLifted,
        instruments.ClosureScheduled,
        instruments.InstrumentEdited,
        instruments.InstrumentPublished,
        instruments.InstrumentRegistered,
        instruments.InstrumentResumed,
        instruments.InstrumentRetired,
        instruments.InstrumentReturned,
        instruments.InstrumentSubmitted,
        instruments.InstrumentSuspended,
        instruments.OpeningChanged,
        instruments.PolicyChanged,
        instruments.TariffChanged,
        JobRunByHand,
        organisations.LabOpened,
        organisations.OrganisationRegistered,
        organisations.LicenceHandedIn,
        organisations.OrganisationResubmitted,
        organisations.OrganisationsRelated,
        organisations.EvidenceHandedIn,
        organisations.QualificationAdded,
        organisations.QualificationReplaced,
        reservations.DisputeResolved,
        reservations.ReservationConfirmed,
        reservations.ReservationExpired,
        reservations.ReservationHandedOver,
        reservations.ReservationMoved,
        reservations.ReservationRejected,
        reservations.ReservationRequested,
        reservations.UseConfirmed,
        reservations.UseDisputed,
        reservations.UseEnded,
        reservations.UseStarted,
        subsidies.PeriodSettled,
        subsidies.ProgrammeActivated,
        subsidies.ProgrammeDrafted,
        subsidies.StatementAnswered,
        subsidies.StatementApproved,
        subsidies.StatementLocked,
        subsidies.StatementObjected,
        subsidies.StatementPaid,
        subsidies.StatementPublished,
        subsidies.StatementStepped,
        subsidies.StatementWithdrawn,
    }
)
