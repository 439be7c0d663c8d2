"""JSON: charges, for those who owe them and those who are owed."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.billing.forms import period_span
from booking.billing.models import ChargeKind, CorrectionKind
from booking.billing.queries.charges import (
    ChargeDetail,
    ChargeRow,
    Wanted,
    charge_seen_by,
    charges_seen_by,
)
from booking.billing.queries.standing import corrections_of
from booking.web.json import AwareMoment, YuanOut
from booking.web.paging import WindowDep
from booking.web.transactions import Reading

_OF_CORRECTION = ("number", "kind", "reason", "made_at")

router = APIRouter(tags=["charges"])


class ChargeOut(BaseModel):
    """A charge in a list; `confirmed_at` is when it became final, `total` what is owed now."""

    number: str
    kind: ChargeKind
    amount: YuanOut
    reservation: str
    instrument_id: int
    instrument_name: str
    organisation_id: int
    organisation_name: str
    provider_id: int
    provider_name: str
    service_started_at: AwareMoment
    service_ended_at: AwareMoment
    confirmed_at: AwareMoment
    total: YuanOut


class CorrectionOut(BaseModel):
    """An entry that changed what a charge comes to."""

    number: str
    kind: CorrectionKind
    amount: YuanOut
    reason: str
    made_at: AwareMoment


class ChargeInFull(ChargeOut):
    """A charge with the lines it is the sum of and the terms they came from."""

    lines: list[dict[str, object]]
    basis: str
    vat_rate: str
    customer_class: str
    ordered_at: AwareMoment
    flags: list[str]
    corrections: list[CorrectionOut]


class ChargeList(BaseModel):
    """A piece of the list, newest first."""

    items: list[ChargeOut]
    next_cursor: str | None


@router.get("/charges")
def charges(
    session: Reading,
    window: WindowDep,
    actor: Annotated[Actor, requires(Permission.CHARGE_READ)],
    period: Annotated[str, Query(max_length=8)] = "",
    kind: ChargeKind | None = None,
    organisation_id: int | None = None,
    provider_id: int | None = None,
    instrument_id: int | None = None,
) -> ChargeList:
    """Your organisations' and labs' charges, newest first; all of them for the centre."""
    wanted = Wanted(
        organisation_id=organisation_id,
        provider_id=provider_id,
        instrument_id=instrument_id,
        kind=kind,
        span=period_span(period),
    )
    rows = charges_seen_by(session, actor, wanted, before_id=window.after_id, limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.id,))
    items = [ChargeOut.model_validate(_in_short(row)) for row in cut.items]
    return ChargeList(items=items, next_cursor=cut.next_cursor)


@router.get("/charges/{number}")
def charge(
    number: str, session: Reading, actor: Annotated[Actor, requires(Permission.CHARGE_READ)]
) -> ChargeInFull:
    """One charge, line by line."""
    found = charge_seen_by(session, number, actor)
    entered = [
        {"amount": row.amount_fen, **{name: getattr(row, name) for name in _OF_CORRECTION}}
        for row in corrections_of(session, [found.id]).get(found.id, ())
    ]
    whole = {**_in_short(found), **_in_full(found), "corrections": entered}
    return ChargeInFull.model_validate(whole)


def _in_short(row: ChargeRow) -> dict[str, object]:
    return {
        "number": row.number,
        "kind": row.kind,
        "amount": row.amount_fen,
        "reservation": row.reservation_number,
        "instrument_id": row.instrument_id,
        "instrument_name": row.instrument_name,
        "organisation_id": row.organisation_id,
        "organisation_name": row.organisation_name,
        "provider_id": row.provider_id,
        "provider_name": row.provider_name,
        "service_started_at": row.service.start,
        "service_ended_at": row.service.end,
        "confirmed_at": row.confirmed_at,
        "total": row.total_fen,
    }


def _in_full(row: ChargeDetail) -> dict[str, object]:
    return {
        "lines": list(row.lines),
        "basis": row.basis,
        "vat_rate": row.vat_rate,
        "customer_class": row.customer_class,
        "ordered_at": row.ordered_at,
        "flags": list(row.flags),
    }
