"""Why somebody was not let in, or something about a person was refused."""

from booking.kernel.errors import BookingError, RulesBroken


class WrongCredentials(BookingError):
    """No such login, a wrong password, a closed account: outside, all look the same."""

    kind = "unauthenticated"
    code = "sign_in.wrong_credentials"


class SlowDown(BookingError):
    """Too many failures lately; `retry_after` says for how many seconds to wait."""

    kind = "busy"
    code = "sign_in.slow_down"


class WrongCode(BookingError):
    """Not the code of this moment, one that was used already, or no recovery code."""

    kind = "unauthenticated"
    code = "sign_in.wrong_code"


class SecondFactorNeeded(BookingError):
    """The password was right; the code of the second factor is missing."""

    kind = "unauthenticated"
    code = "sign_in.second_factor_needed"


class SignInOver(BookingError):
    """Too long between the two steps, or they were begun in another browser."""

    kind = "unauthenticated"
    code = "sign_in.over"


class ProviderRefused(BookingError):
    """The provider said no, or what it said does not hold: state, signature, nonce, time."""

    kind = "unauthenticated"
    code = "sign_in.provider_refused"


class ProviderAway(BookingError):
    """The provider does not answer."""

    kind = "unavailable"
    code = "sign_in.provider_away"


class EmailUnverified(BookingError):
    """The provider does not vouch for the address, so it finds no account here."""

    kind = "unauthenticated"
    code = "sign_in.email_unverified"


class NoAccount(BookingError):
    """The provider knows this person and we do not; no account is made."""

    kind = "forbidden"
    code = "sign_in.no_account"


class OtherIdentity(BookingError):
    """The account with this address belongs to another identity of the same provider."""

    kind = "forbidden"
    code = "sign_in.other_identity"


class SecondFactorSet(BookingError):
    """There is a second factor already; it is switched off before another is set up."""

    kind = "conflict"
    code = "second_factor.set"


class NothingToConfirm(BookingError):
    """No second factor was begun, or too long ago."""

    kind = "conflict"
    code = "second_factor.not_begun"


class OwnSecondFactor(BookingError):
    """One's own is switched off with password and code, like everybody's."""

    kind = "conflict"
    code = "second_factor.own"


class NotByToken(BookingError):
    """Passwords, sessions and tokens are managed in person, not by a program with a token."""

    kind = "forbidden"
    code = "account.not_by_token"


class EmailTaken(BookingError):
    """An account with this address exists."""

    kind = "conflict"
    code = "account.email_taken"


class MembershipExists(BookingError):
    """The person holds this role there already."""

    kind = "conflict"
    code = "membership.exists"


class LastAdmin(BookingError):
    """Without an administrator nobody could grant roles any more."""

    kind = "conflict"
    code = "membership.last_admin"


class LastCompanyAdmin(BookingError):
    """Without an administrator nobody could manage the organisation's people any more."""

    kind = "conflict"
    code = "membership.last_company_admin"


class LastLabManager(BookingError):
    """Without a manager nobody could run the lab any more."""

    kind = "conflict"
    code = "membership.last_lab_manager"


class RoleNotThere(BookingError):
    """A role of the centre in a company, of a lab without a lab, or of a company in a provider."""

    kind = "invalid"
    code = "membership.role_not_there"


class NotToBeViewedAs(BookingError):
    """Staff of the centre, oneself, a closed account."""

    kind = "conflict"
    code = "guise.not_to_be_viewed_as"


class NoColleague(BookingError):
    """Whoever stands in belongs to the same organisation, or to the staff of the centre."""

    kind = "invalid"
    code = "delegation.no_colleague"


class DelegationOverlaps(BookingError):
    """The same role is with a colleague at that time already."""

    kind = "conflict"
    code = "delegation.overlaps"


class NoSuccessor(BookingError):
    """Whoever takes over belongs to the same organisation and may book for it."""

    kind = "invalid"
    code = "departure.no_successor"


class UnknownScope(BookingError):
    """A token cannot be made for a permission that does not exist or is not yours."""

    kind = "invalid"
    code = "token.unknown_scope"


class NotWellFormed(RulesBroken):
    """What was told about a person breaks rules; all of them are named."""

    code = "account.not_well_formed"


class LinkSpent(BookingError):
    """Too old, used before, or not one of ours: outside, all look the same."""

    kind = "conflict"
    code = "account.link_spent"


class NoLetters(BookingError):
    """The centre has no mail server; somebody there helps."""

    kind = "conflict"
    code = "account.no_letters"


class NotForYou(BookingError):
    """An invitation for one address, followed by somebody signed in under another."""

    kind = "conflict"
    code = "invitation.not_for_you"


class TooManyInvitations(BookingError):
    """More than anybody brings in by hand in a day."""

    kind = "conflict"
    code = "invitation.too_many"


class StillInPlaces(BookingError):
    """An account with roles: first it leaves the places, which hands over what it holds there."""

    kind = "conflict"
    code = "account.still_in_places"


class Closed(BookingError):
    """Nothing is given to a closed account; the centre can open it again."""

    kind = "conflict"
    code = "account.closed"
