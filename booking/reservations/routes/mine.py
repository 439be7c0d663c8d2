"""My bookings: what is ahead with what giving it back costs, what is over, one in full."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.reservations.actions.change_series import Move, cancel_in_series, move_in_series
from booking.reservations.actions.dispute import dispute
from booking.reservations.actions.report_fault import report_fault_of_booking
from booking.reservations.forms import FaultReport, ReasonForm
from booking.reservations.forms.series import ScopedMoveForm, ScopedReasonForm
from booking.reservations.queries.awaiting import MOST, awaiting_of
from booking.reservations.queries.feedback import to_grade
from booking.reservations.queries.lists import coming_for, past_for, reservation_seen_by
from booking.reservations.queries.places import places_of
from booking.reservations.queries.units import helper_labels
from booking.reservations.routes import quotes
from booking.reservations.routes.cards import DETAIL, card_of, place_after, place_of
from booking.reservations.rules.series import Scope
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.moments import instant_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()
# The prices that one has kept.
router.include_router(quotes.router)

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]
Whose = Annotated[Literal["me", "company"], Query()]
MOVE = "reservations/move.html"
_MINE, _START = "reservations/mine.html", "reservations/_start.html"
# Shown before the rest is asked for.
_ASKED: Final = 5
_NEXT: Final = 3


@router.get("/reservations", name="reservations")
def index(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Reader,
    whose: Whose = "me",
    asked: Literal["some", "all"] = "some",
) -> Response:
    """What waits for an answer, and what is ahead, soonest first; in short for the start page.

    Of many questions only the first are shown, unless all are asked for.
    """
    company = whose == "company"
    if page.target("start"):
        return page.render(
            _START, **_in_short(session, actor, clock.now(), company=company), whose=whose
        )
    most = MOST if asked == "all" else _ASKED
    awaiting = awaiting_of(session, actor, whole_company=company, most=most)
    now = clock.now()
    rows = coming_for(session, actor, whole_company=company)
    return page.render(
        _MINE,
        fragment="list",
        awaiting=awaiting,
        to_grade=len(to_grade(session, actor, whole_company=company, now=now)),
        cards=[card_of(seen, actor, now=now) for seen in rows],
        whose=whose,
        past=False,
        next_cursor=None,
    )


def _in_short(session: Session, actor: Actor, now: datetime, *, company: bool) -> dict[str, Any]:
    return {
        "to_grade": len(to_grade(session, actor, whole_company=company, now=now)),
        "places": places_of(session, actor.id),
        "awaiting": awaiting_of(session, actor, whole_company=company, most=_ASKED, offers=False),
        "coming": coming_for(session, actor, whole_company=company, limit=_NEXT),
    }


@router.get("/reservations/past", name="reservations_past")
def past(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    actor: Reader,
    whose: Whose = "me",
) -> Response:
    """What is over, latest first."""
    rows = past_for(
        session,
        actor,
        whole_company=whose == "company",
        after=place_after(window),
        limit=window.take,
    )
    cut = window.cut(rows, key=place_of)
    now = clock.now()
    return page.render(
        _MINE,
        fragment="list",
        awaiting=None,
        to_grade=0,
        cards=[card_of(seen, actor, now=now) for seen in cut.items],
        whose=whose,
        past=True,
        next_cursor=cut.next_cursor,
    )


@router.get("/reservations/{number}", name="reservation")
def show(number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """One booking: its price, its life, what can be done now and what that costs."""
    seen = reservation_seen_by(session, number, actor)
    card, helpers = card_of(seen, actor, now=clock.now()), helper_labels(session, [number])
    return page.render(DETAIL, card=card, record=None, helpers=helpers.get(number, ()))


@router.get("/reservations/{number}/move", name="reservation_move")
def to_move(
    number: str,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Reader,
    start: str = "",
    end: str = "",
    scope: Scope = Scope.THIS,
    reason: str = "",
) -> Response:
    """Where to: the form begins with the time in the address, else the present one.

    Whoever can only propose another time, does so.
    """
    seen = reservation_seen_by(session, number, actor)
    card = card_of(seen, actor, now=clock.now())
    if card.may_propose and not card.may_move:
        return page.redirect("proposal_new", number, start=start, end=end, reason=reason)
    form = blank(
        starts_at=instant_in(start) or seen.starts_at,
        ends_at=instant_in(end) or seen.ends_at,
        scope=scope,
        override_reason=reason,
    )
    return page.render(MOVE, card=card, form=form, scopes=tuple(Scope))


@router.post("/reservations/{number}/move", name="reservation_moved")
def move(
    number: str,
    form: Annotated[Filled[ScopedMoveForm], filled_in(ScopedMoveForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Move or resize it; a refusal shows the form again."""
    seen = reservation_seen_by(uow.session, number, actor)
    card = card_of(seen, actor, now=clock.now())
    page.if_refused(MOVE, card=card, form=form, scopes=tuple(Scope))
    to = form.checked
    wanted = Move(to.span, to.scope, to.override_reason)
    move_in_series(uow, number, wanted, actor=actor, now=clock.now())
    return page.redirect("reservation", number)


@router.post("/reservations/{number}/cancellation", name="reservation_cancel")
def give_back(
    number: str,
    form: Annotated[Filled[ScopedReasonForm], filled_in(ScopedReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Give the time back, and that of the bookings of its series that are meant as well."""
    why, now = form.checked, clock.now()
    cancel_in_series(uow, number, why.scope, actor=actor, now=now, reason=why.reason)
    return page.redirect("reservation", number)


@router.post("/reservations/{number}/fault", name="reservation_fault")
def report(
    number: str,
    form: Annotated[Filled[FaultReport], filled_in(FaultReport)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Say what is wrong with the instrument: the lab is told at once."""
    seen, now = reservation_seen_by(uow.session, number, actor), clock.now()
    card = card_of(seen, actor, now=now)
    page.if_refused(DETAIL, card=card, record=None, report=form)
    report_fault_of_booking(uow, number, form.checked.what, actor=actor, now=now)
    return page.render(DETAIL, card=card, record=None, reported=True)


@router.post("/reservations/{number}/dispute", name="reservation_dispute")
def object_to(
    number: str,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Say that the record is wrong."""
    dispute(uow, number, actor=actor, now=clock.now(), reason=form.checked.reason)
    return page.redirect("reservation", number)
