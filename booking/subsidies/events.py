"""What happened to programmes, settlements and statements."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from booking.kernel.events import Event
from booking.subsidies.states import ApplicationState


@dataclass(frozen=True, kw_only=True)
class ProgrammeDrafted(Event):
    """A version was entered; it pays nothing yet."""

    name: ClassVar[str] = "programme.drafted"

    programme: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ProgrammeProposed(Event):
    """A version is to pay under this document; a second person decides."""

    name: ClassVar[str] = "programme.proposed"

    programme: str
    version: int
    document: str


@dataclass(frozen=True, kw_only=True)
class ProgrammeReturned(Event):
    """What was proposed is a draft again."""

    name: ClassVar[str] = "programme.returned"

    programme: str
    version: int
    reason: str
    proposed_by: int | None


@dataclass(frozen=True, kw_only=True)
class ProgrammeDiscarded(Event):
    """A draft is given up: its days are free for another version."""

    name: ClassVar[str] = "programme.discarded"

    programme: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ProgrammeActivated(Event):
    """A version pays from now on, under its public document."""

    name: ClassVar[str] = "programme.activated"

    programme: str
    version: int
    document: str


@dataclass(frozen=True, kw_only=True)
class ProgrammeEndFact(Event):
    """Something became of an early end of a version; the programme by its code and its names."""

    programme: str
    version: int
    version_id: int
    title: dict[str, str]
    document: str
    last_day: date
    asked_by: int
    reason: str
    withdraws: bool


@dataclass(frozen=True, kw_only=True)
class ProgrammeEndingAsked(ProgrammeEndFact):
    """A version is to end earlier; a second person decides."""

    name: ClassVar[str] = "programme.ending_asked"


@dataclass(frozen=True, kw_only=True)
class ProgrammeEndingDeclined(ProgrammeEndFact):
    """It goes on as its document says."""

    name: ClassVar[str] = "programme.ending_declined"


@dataclass(frozen=True, kw_only=True)
class ProgrammeEnded(ProgrammeEndFact):
    """Uses after this day are not subsidised by it."""

    name: ClassVar[str] = "programme.ended"


@dataclass(frozen=True, kw_only=True)
class ProgrammeWithdrawn(ProgrammeEndFact):
    """It never begins; the version before goes on to this day, where it had made way for it."""

    name: ClassVar[str] = "programme.withdrawn"
    goes_on_to: date | None


@dataclass(frozen=True, kw_only=True)
class PeriodSettled(Event):
    """A period was computed into draft statements."""

    name: ClassVar[str] = "settlement.settled"

    period: str
    statements: int
    payable_fen: int


@dataclass(frozen=True, kw_only=True)
class StatementStepped(Event):
    """A statement went one step on."""

    organisation_id: int
    number: str
    payable_fen: int


@dataclass(frozen=True, kw_only=True)
class StatementLocked(StatementStepped):
    name: ClassVar[str] = "statement.locked"

    sha256: str


@dataclass(frozen=True, kw_only=True)
class StatementPublished(StatementStepped):
    name: ClassVar[str] = "statement.published"


@dataclass(frozen=True, kw_only=True)
class StatementObjected(StatementStepped):
    name: ClassVar[str] = "statement.objected"


@dataclass(frozen=True, kw_only=True)
class StatementAnswered(StatementStepped):
    name: ClassVar[str] = "statement.answered"


@dataclass(frozen=True, kw_only=True)
class StatementApproved(StatementStepped):
    name: ClassVar[str] = "statement.approved"


@dataclass(frozen=True, kw_only=True)
class StatementPaid(StatementStepped):
    name: ClassVar[str] = "statement.paid"


@dataclass(frozen=True, kw_only=True)
class StatementWithdrawn(StatementStepped):
    name: ClassVar[str] = "statement.withdrawn"


@dataclass(frozen=True, kw_only=True)
class StatementsExported(Event):
    """Somebody asked for all statements of a period, accounts and all."""

    name: ClassVar[str] = "settlement.exported"

    period: str
    export_id: int


@dataclass(frozen=True, kw_only=True)
class SimulationKept(Event):
    """A what-if over a past period was asked to be kept."""

    name: ClassVar[str] = "simulation.kept"

    period: str
    uses: int


@dataclass(frozen=True, kw_only=True)
class StatementReturned(StatementStepped):
    """The bank sent the money back: it is owed again."""

    name: ClassVar[str] = "statement.returned"


@dataclass(frozen=True, kw_only=True)
class StatementRecovered(StatementStepped):
    """Something of a paid line is to be recovered, with the next statement."""

    name: ClassVar[str] = "statement.recovered"

    amount_fen: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class BatchStepped(Event):
    """A payment batch went one step on."""

    number: str
    rows: int
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class BatchDrawn(BatchStepped):
    name: ClassVar[str] = "batch.drawn"


@dataclass(frozen=True, kw_only=True)
class BatchSent(BatchStepped):
    name: ClassVar[str] = "batch.sent"


@dataclass(frozen=True, kw_only=True)
class BatchDissolved(BatchStepped):
    name: ClassVar[str] = "batch.dissolved"


@dataclass(frozen=True, kw_only=True)
class BatchAnswered(BatchStepped):
    """The bank has answered every row, or sent one back later."""

    name: ClassVar[str] = "batch.answered"


@dataclass(frozen=True, kw_only=True)
class ApplicationStepped(Event):
    """Something became of an application; the programme by its code and its names."""

    organisation_id: int
    application_id: int
    programme: str
    title: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ApplicationBegun(ApplicationStepped):
    name: ClassVar[str] = "application.begun"


@dataclass(frozen=True, kw_only=True)
class ApplicationPaperAdded(ApplicationStepped):
    name: ClassVar[str] = "application.paper_added"


@dataclass(frozen=True, kw_only=True)
class ApplicationPaperRemoved(ApplicationStepped):
    """Before anybody but the company saw it."""

    name: ClassVar[str] = "application.paper_removed"


@dataclass(frozen=True, kw_only=True)
class ApplicationHandedIn(ApplicationStepped):
    name: ClassVar[str] = "application.handed_in"


@dataclass(frozen=True, kw_only=True)
class ApplicationReturned(ApplicationStepped):
    """More is asked of the company, and why."""

    name: ClassVar[str] = "application.returned"


@dataclass(frozen=True, kw_only=True)
class ApplicationAccepted(ApplicationStepped):
    name: ClassVar[str] = "application.accepted"


@dataclass(frozen=True, kw_only=True)
class ApplicationRefused(ApplicationStepped):
    name: ClassVar[str] = "application.refused"


@dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawn(ApplicationStepped):
    """Taken back by the company; a draft that was never handed in is nobody else's matter."""

    name: ClassVar[str] = "application.withdrawn"

    @property
    def never_seen(self) -> bool:
        return self.changes["state"][0] == ApplicationState.DRAFT


@dataclass(frozen=True, kw_only=True)
class ApplicationRevoked(ApplicationStepped):
    """An acceptance is taken back from a day on."""

    name: ClassVar[str] = "application.revoked"

    revoked_from: date
