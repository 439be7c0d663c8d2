"""The one table of reactions: when this fact is announced, call these.

Reactions write rows in the transaction of the deed; what leaves the house leaves later.
`Event` stands for any fact: audit records them all.
"""

from booking.accounts import events as people
from booking.audit.reactions import record
from booking.billing.reactions import charge_late_cancellation, charge_no_show, charge_use
from booking.db.transactions import Reactions
from booking.kernel.events import Event
from booking.organisations import events as organisations
from booking.reservations.events import ReservationCancelled, ReservationMissed, UseSettled

REACTIONS: Reactions = {
    Event: (record,),
    ReservationCancelled: (charge_late_cancellation,),
    ReservationMissed: (charge_no_show,),
    UseSettled: (charge_use,),
}

# Facts that are recorded and cause nothing else, on purpose.
SILENT: frozenset[type[Event]] = frozenset(
    {
        people.PasswordChanged,
        people.ProfileChanged,
        people.RoleGranted,
        people.RoleRevoked,
        people.SignInFailed,
        people.SignedIn,
        people.SignedOut,
        people.TokenMade,
        people.TokenRevoked,
        people.UserCreated,
        organisations.LabEdited,
        organisations.LabOpened,
        organisations.OrganisationEdited,
        organisations.OrganisationRegistered,
        organisations.OrganisationReinstated,
        organisations.OrganisationSuspended,
        organisations.OrganisationVerified,
        organisations.OrganisationsRelated,
        organisations.QualificationAdded,
        organisations.QualificationVerified,
    }
)
