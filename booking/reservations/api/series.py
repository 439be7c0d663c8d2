"""JSON: booking again and again, and what came of it."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.money import yuan
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.api.answers import Answer, answer_of, answer_of_seen
from booking.reservations.forms.series import SeriesBody
from booking.reservations.queries.series import SeriesSeen, Skipped, series_seen_by
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import rfc3339
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["reservations"])


@router.post("/reservation-series", status_code=201)
def create(
    body: SeriesBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_CREATE)],
) -> Response:
    """Book every occurrence of an RFC 5545 rule, or with `on_conflict: skip` those that are free.

    COUNT or UNTIL, at most 100 occurrences within 366 days. A refusal names every occurrence that
    stands in the way: conflicts by their spans, violations by `occurrence`.
    """
    wish = body.series()

    def act() -> tuple[int, Answer]:
        made = reserve_series(uow, wish, actor=actor, now=clock.now())
        return 201, {
            "number": made.series.number,
            "rrule": made.series.rule,
            "total": yuan(made.total_fen),
            "booked": [answer_of(one) for one in made.booked],
            "skipped": [_skipped(Skipped.of(kept)) for kept in made.series.skipped],
        }

    return once.answer(act)


@router.get("/reservation-series/{number}")
def show(
    number: str,
    session: Reading,
    actor: Annotated[Actor, requires(Permission.RESERVATION_READ)],
) -> JSONResponse:
    """A series with its bookings as they stand now."""
    return JSONResponse(_answer(series_seen_by(session, number, actor)))


def _answer(series: SeriesSeen) -> Answer:
    return {
        "number": series.number,
        "rrule": series.rule,
        "starts_at": rfc3339(series.first.start),
        "ends_at": rfc3339(series.first.end),
        "created_at": rfc3339(series.created_at),
        "total": yuan(series.total_fen),
        "booked": [answer_of_seen(one) for one in series.booked],
        "skipped": [_skipped(one) for one in series.skipped],
    }


def _skipped(one: Skipped) -> Answer:
    return {
        "starts_at": rfc3339(one.span.start),
        "ends_at": rfc3339(one.span.end),
        "codes": list(one.codes),
    }
