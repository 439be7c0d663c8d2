"""Why a deed on programmes or statements was refused."""

from booking.kernel.errors import BookingError


class ProgrammeExists(BookingError):
    kind = "conflict"
    code = "programme.exists"


class VersionExists(BookingError):
    kind = "conflict"
    code = "programme.version_exists"


class NoDocument(BookingError):
    """Public money needs a public document (文号)."""

    code = "programme.no_document"


class SecondPersonNeeded(BookingError):
    """Who proposed a version may not also let it pay."""

    kind = "conflict"
    code = "programme.second_person_needed"


class OtherDocument(BookingError):
    """What is to be activated was proposed under another document number."""

    kind = "conflict"
    code = "programme.other_document"


class IllegalStep(BookingError):
    """The table of states does not know this step from here."""

    kind = "conflict"
    code = "statement.illegal_step"


class PeriodUnknown(BookingError):
    code = "settlement.not_a_period"


class PeriodNotBegun(BookingError):
    """What has not begun cannot be settled; what is running can, provisionally."""

    kind = "conflict"
    code = "settlement.not_begun"


class NothingToSettle(BookingError):
    """No programme is in force or settles here, and nothing is due: no trace is left."""

    kind = "conflict"
    code = "settlement.nothing_to_settle"


class NothingToLock(BookingError):
    kind = "conflict"
    code = "settlement.nothing_to_lock"


class PublicityRunning(BookingError):
    kind = "conflict"
    code = "statement.publicity_running"


class ObjectionOpen(BookingError):
    kind = "conflict"
    code = "statement.objection_open"


class SamePerson(BookingError):
    """Who locked it may not approve it."""

    kind = "conflict"
    code = "statement.same_person"


class CalendarMissing(BookingError):
    """Working days cannot be counted into a year whose calendar nobody entered."""

    kind = "conflict"
    code = "statement.calendar_missing"


class SnapshotBroken(BookingError):
    """A locked statement no longer gives its hash: somebody went round the house."""

    kind = "conflict"
    code = "statement.snapshot_broken"


class ReasonMissing(BookingError):
    code = "statement.reason_missing"


class TooManyUses(BookingError):
    """More than somebody can wait for: kept, it is reckoned in the background."""

    kind = "conflict"
    code = "simulation.too_many_uses"


class NothingChosen(BookingError):
    """A what-if needs a programme to try."""

    code = "simulation.nothing_chosen"


class CorrectedLater(BookingError):
    """A locked statement corrects its lines: that one has to be withdrawn first."""

    kind = "conflict"
    code = "statement.corrected_later"


class StatementInBatch(BookingError):
    """It is paid with its batch."""

    kind = "conflict"
    code = "statement.in_batch"


class NotPaidYet(BookingError):
    """Only what was paid can be recovered; before that a statement is withdrawn."""

    kind = "conflict"
    code = "clawback.not_paid"


class TooMuchRecovered(BookingError):
    """More than was paid and is not being recovered already."""

    code = "clawback.too_much"


class NothingToPay(BookingError):
    """No approved statement can be gathered."""

    kind = "conflict"
    code = "batch.nothing_to_pay"


class IllegalBatchStep(BookingError):
    """The table of states does not know this step from here."""

    kind = "conflict"
    code = "batch.illegal_step"


class BatchNotSent(BookingError):
    """Until it was sent, the bank has nothing to answer."""

    kind = "conflict"
    code = "batch.not_sent"


class ReferenceKnown(BookingError):
    """The bank's reference belongs to another payment."""

    kind = "conflict"
    code = "batch.reference_known"


class ReferenceMissing(BookingError):
    code = "batch.reference_missing"


class AnswerUnreadable(BookingError):
    """The bank's file has no table with the columns that are needed."""

    code = "batch.answer_unreadable"


class AnswerDiffers(BookingError):
    """A row of the bank's file is not about the payment that it names."""

    code = "batch.answer_differs"


class ApplicationNotAsked(BookingError):
    """The programme asks for no application, or not for this paper."""

    code = "application.not_asked"


class ApplicationExists(BookingError):
    kind = "conflict"
    code = "application.exists"


class ApplicationStuck(BookingError):
    """The table of states does not know this step from here."""

    kind = "conflict"
    code = "application.illegal_step"


class OwnApplication(BookingError):
    """Who handed an application in may not also decide it."""

    kind = "conflict"
    code = "application.own"


class WindowShut(BookingError):
    kind = "conflict"
    code = "application.window_shut"


class EvidenceLacking(BookingError):
    code = "application.evidence_lacking"


class GivesNoVouchers(BookingError):
    """No version of this programme gives vouchers today."""

    kind = "conflict"
    code = "voucher.programme_gives_none"


class PaperSeen(BookingError):
    """What was handed in stays, also when more was asked for."""

    kind = "conflict"
    code = "application.paper_seen"


class TooManyPapers(BookingError):
    code = "application.too_many_papers"


class ReachesNothing(BookingError):
    """Handed in now, it would reach no day of the version any more."""

    kind = "conflict"
    code = "application.reaches_nothing"


class RevokedOutside(BookingError):
    """It does not reach that day anyway."""

    code = "application.revoked_outside"


class EndOutside(BookingError):
    """An early end lies within the version, before its last day."""

    code = "programme.end_outside"


class VersionBegun(BookingError):
    """Only what has not begun is withdrawn; afterwards it ends early."""

    kind = "conflict"
    code = "programme.version_begun"


class SuccessorStands(BookingError):
    """The version that would go on may not claim a day of a third one."""

    kind = "conflict"
    code = "programme.successor_stands"


class StaleDrafts(BookingError):
    """What the drafts were drawn from has changed since; they are drawn again first."""

    kind = "conflict"
    code = "statement.stale"


class EndAsked(BookingError):
    kind = "conflict"
    code = "programme.end_asked"


class OtherEnd(BookingError):
    """What is confirmed is what was asked: this day, this document."""

    kind = "conflict"
    code = "programme.other_end"


class ApplicantNotVerified(BookingError):
    """The company is not verified yet, or suspended."""

    kind = "conflict"
    code = "application.company_not_verified"
