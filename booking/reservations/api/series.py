"""JSON: booking again and again, and what came of it."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.kernel.money import yuan
from booking.reservations.actions.change_series import (
    Meant,
    Move,
    cancel_in_series,
    meant_in_series,
    move_in_series,
)
from booking.reservations.actions.foresee import Foreseen, foresee
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.api.answers import Answer, answers_of, answers_of_seen
from booking.reservations.forms.series import (
    ScopedMoveBody,
    ScopedReasonBody,
    SeriesBody,
    SeriesPreviewBody,
)
from booking.reservations.queries.series import SeriesSeen, Skipped, series_seen_by
from booking.reservations.rules.series import occurrences, read_rule
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import json_safe, rfc3339
from booking.web.problems import conflict_out, violation_out
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
            "booked": answers_of(uow.session, made.booked),
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
    return JSONResponse(_answer(session, series_seen_by(session, number, actor)))


@router.post("/reservation-series/preview")
def preview(
    body: SeriesPreviewBody,
    session: Reading,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_CREATE)],
) -> JSONResponse:
    """What would become of every occurrence; nothing is booked or held.

    `conflicts` are times that are taken; `violations` what the rules say, closed days and public
    holidays with who closed them. `total` is what the free ones cost together.
    """
    wish = body.series()
    spans = occurrences(wish.first.span, read_rule(wish.rule))
    foreseen = foresee(session, wish.first, spans, actor=actor, now=clock.now())
    return JSONResponse(
        json_safe(
            {
                "total": yuan(sum(one.total_fen or 0 for one in foreseen if one.free)),
                "free": sum(one.free for one in foreseen),
                "occurrences": [_foreseen(one) for one in foreseen],
            }
        )
    )


@router.post("/reservation-series/{number}/move")
def move(
    number: str,
    body: ScopedMoveBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(*RESERVATION_PARTIES)],
) -> Response:
    """Move one booking of it, that and those after it, or all that have not begun: all or none.

    The others move by the same time to the same length. A refusal names every occurrence that
    stands in the way.
    """

    def act() -> tuple[int, Answer]:
        session, now = uow.session, clock.now()
        meant = Meant(number, body.reservation, body.scope)
        of = meant_in_series(session, meant, actor=actor, now=now)
        wanted = Move(body.span, body.scope, body.override_reason)
        move_in_series(uow, of, wanted, actor=actor, now=now)
        return 200, _answer(session, series_seen_by(session, number, actor))

    return once.answer(act)


@router.post("/reservation-series/{number}/cancellation")
def give_back(
    number: str,
    body: ScopedReasonBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(*RESERVATION_PARTIES)],
) -> Response:
    """Give back one booking of it, that and those after it, or all that have not begun.

    Fees are those of each alone.
    """

    def act() -> tuple[int, Answer]:
        session, now = uow.session, clock.now()
        meant = Meant(number, body.reservation, body.scope)
        of = meant_in_series(session, meant, actor=actor, now=now)
        cancel_in_series(uow, of, body.scope, actor=actor, now=now, reason=body.reason)
        return 200, _answer(session, series_seen_by(session, number, actor))

    return once.answer(act)


def _foreseen(one: Foreseen) -> Answer:
    return {
        "starts_at": rfc3339(one.span.start),
        "ends_at": rfc3339(one.span.end),
        "free": one.free,
        "waits": one.waits,
        "total": None if one.total_fen is None else yuan(one.total_fen),
        "conflicts": [conflict_out(each) for each in one.conflicts],
        "violations": [violation_out(each) for each in one.violations],
        "set_aside": [violation_out(each) for each in one.set_aside],
    }


def _answer(session: Session, series: SeriesSeen) -> Answer:
    return {
        "number": series.number,
        "rrule": series.rule,
        "starts_at": rfc3339(series.first.start),
        "ends_at": rfc3339(series.first.end),
        "created_at": rfc3339(series.created_at),
        "total": yuan(series.total_fen),
        "booked": answers_of_seen(session, series.booked),
        "skipped": [_skipped(one) for one in series.skipped],
    }


def _skipped(one: Skipped) -> Answer:
    return {
        "starts_at": rfc3339(one.span.start),
        "ends_at": rfc3339(one.span.end),
        "codes": list(one.codes),
    }
