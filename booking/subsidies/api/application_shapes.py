"""How applications, and what may be applied to, are answered to programs."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from booking.subsidies.queries.application_lists import ApplicationRow
from booking.subsidies.report.applications import Item, Offer, Sheet
from booking.subsidies.states import ApplicationState
from booking.web.json import AwareMoment


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class ApplicationOut(_Out):
    """An application in a list; accepted, it reaches uses from `covers_from` to `covers_to`."""

    id: int
    programme: str = Field(validation_alias="code")
    version: int
    organisation_id: int
    organisation: str
    state: ApplicationState
    note: str
    reason: str
    covers_from: date | None
    covers_to: date
    created_at: AwareMoment
    submitted_at: AwareMoment | None = Field(validation_alias="handed_in_at")
    decided_at: AwareMoment | None
    revoked_from: date | None
    revoked_reason: str
    revoked_at: AwareMoment | None


class PaperOut(_Out):
    """A paper that was brought."""

    id: int
    name: str = Field(validation_alias="given_name")
    size: int
    sha256: str
    added_at: AwareMoment


class EvidenceOut(BaseModel):
    """A kind of evidence; `asked` of this company, and how many are still missing."""

    code: str
    asked: bool
    min_count: int
    of_qualification: str
    missing: int
    papers: Sequence[PaperOut]

    @classmethod
    def of(cls, item: Item) -> "EvidenceOut":
        return cls(
            code=item.evidence.code,
            asked=item.asked,
            min_count=item.evidence.min_count,
            of_qualification=item.evidence.applies_if,
            missing=item.missing,
            papers=[PaperOut.model_validate(paper) for paper in item.papers],
        )


class ApplicationInFull(ApplicationOut):
    """One application with its papers."""

    complete: bool
    evidence: Sequence[EvidenceOut]

    @classmethod
    def of(cls, sheet: Sheet) -> "ApplicationInFull":
        row = ApplicationOut.model_validate(sheet.row)
        evidence = [EvidenceOut.of(item) for item in sheet.items]
        return cls(**row.model_dump(), complete=sheet.complete, evidence=evidence)


class ApplicationList(BaseModel):
    """A piece of the list."""

    items: Sequence[ApplicationOut]
    next_cursor: str | None

    @classmethod
    def of(cls, rows: Sequence[ApplicationRow], next_cursor: str | None) -> "ApplicationList":
        items = [ApplicationOut.model_validate(row) for row in rows]
        return cls(items=items, next_cursor=next_cursor)


class OfferOut(BaseModel):
    """A version that a company may apply to; its application, where one stands."""

    programme: str
    version: int
    name: str
    document: str
    organisation_id: int
    open: bool
    closes_on: date | None
    opens_on: date | None
    summary: Sequence[str]
    evidence: Sequence[EvidenceOut]
    application_id: int | None
    state: ApplicationState | None

    @classmethod
    def of(cls, offer: Offer) -> "OfferOut":
        key, state = offer.standing or (None, None)
        return cls(
            programme=offer.asking.programme.id,
            version=offer.asking.version,
            name=offer.name,
            document=offer.asking.document,
            organisation_id=offer.organisation_id,
            open=offer.is_open,
            closes_on=offer.closes_on,
            opens_on=None if offer.is_open else offer.opens_on,
            summary=offer.sentences,
            evidence=[EvidenceOut.of(item) for item in offer.evidence],
            application_id=key,
            state=state,
        )


class OfferList(BaseModel):
    """Everything, in one piece."""

    items: Sequence[OfferOut]
