"""Several instruments together: the form with its preview, and the page of a joint booking."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlmodel import Session
from starlette.datastructures import FormData

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.catalogue import Asking, find_cards
from booking.instruments.queries.found import FoundCard
from booking.instruments.queries.helpers import accessories_with_each
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.search import Wanted
from booking.instruments.queries.terms import booking_terms
from booking.kernel.clock import local
from booking.kernel.errors import NotFound, Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.change_joint import cancel_joint, move_joint
from booking.reservations.actions.foresee import Foreseen, foresee_together
from booking.reservations.actions.reserve import may_book_for
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.forms import ReasonForm
from booking.reservations.forms.joint import Follows, JointBookingForm, JointForm, MoveJointForm
from booking.reservations.queries.citable import VoucherShare, VoucherSource
from booking.reservations.queries.joint import joint_seen_by, starts_near
from booking.reservations.routes.cards import card_of
from booking.reservations.routes.purse import PurseDep
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.rules.joint import JointRefused, demand_steps
from booking.reservations.rules.wish import Wish
from booking.web.clock import ClockDep
from booking.web.formats import field_moment
from booking.web.forms import Filled, filled_in, parse
from booking.web.idempotency import OnceByForm
from booking.web.moments import instant_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Booker = Annotated[Actor, requires(Permission.RESERVATION_CREATE)]
Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]
_NEW: Final = "reservations/new_joint.html"
_SHOWN: Final = "reservations/joint.html"
_LISTS: Final = {"minutes": "120", "follows": "after", "pause": "0", "samples": "0"}
_FOUND: Final = 6
_LONGEST_WORDS: Final = 100


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step as it stands in the form, and what would become of it."""

    instrument_id: int
    name: str
    name_en: str
    typed: Mapping[str, str]
    # What may be taken along, as id and label.
    accessories: Sequence[tuple[int, str]] = ()
    foreseen: Foreseen | None = None

    def names_of(self, unit_ids: Collection[int]) -> list[str]:
        """What accessories are called."""
        return [label for unit, label in self.accessories if unit in unit_ids]


@dataclass(frozen=True, slots=True, kw_only=True)
class JointPlan:
    """The form, what would become of each step, other starts; plain values."""

    form: Filled[BaseModel]
    steps: tuple[StepPlan, ...]
    found: Sequence[FoundCard]
    words: str
    may_book: bool
    refused: tuple[Violation, ...] = ()
    starts: Sequence[datetime] = ()
    # What a voucher would pay of each step; empty where none is cited.
    shares: Sequence[VoucherShare] = ()

    @property
    def foreseen(self) -> list[Foreseen]:
        return [step.foreseen for step in self.steps if step.foreseen]

    @property
    def free(self) -> bool:
        return bool(self.foreseen) and all(one.free for one in self.foreseen)

    @property
    def total_fen(self) -> int:
        return sum(one.total_fen or 0 for one in self.foreseen)

    @property
    def own_fen(self) -> int:
        """What is left for the company, before subsidies."""
        return self.total_fen - sum(one.pays_fen for one in self.shares)


@router.get("/joint-bookings/new", name="joint_new")
def plan(
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    purse: PurseDep,
    actor: Booker,
) -> Response:
    """The form for what stands in the address, every step foreseen; `q` finds one more."""
    now = clock.now()
    form = parse(JointForm, _arranged(request))
    words = request.query_params.get("q", "")[:_LONGEST_WORDS]
    shown = _plan(session, form, actor=actor, now=now, words=words)  # type: ignore[arg-type]  # a form is only read
    shown = replace(shown, shares=_shares(session, shown, purse, actor=actor, now=now))
    return page.render(_NEW, plan=shown, follows=tuple(Follows))


@router.post("/joint-bookings", name="joint_create")
def create(
    form: Annotated[Filled[JointBookingForm], filled_in(JointBookingForm)],
    uow: Transaction,
    page: PageDep,
    once: OnceByForm,
    actor: Booker,
) -> Response:
    """Book all of it, once however often the page is sent.

    A refusal shows the same page with what is in the way of each step.
    """
    now = once.now
    shown = _plan(uow.session, form, actor=actor, now=now)  # type: ignore[arg-type]  # a form is only read
    page.if_refused(_NEW, plan=shown, follows=tuple(Follows))
    wishes = form.checked.wishes(form.checked.purpose)
    number = once.reaching(lambda: reserve_joint(uow, wishes, actor=actor, now=now).joint.number)
    return page.redirect("joint_booking", number)


@router.get("/joint-bookings/{number}", name="joint_booking")
def show(
    number: str,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_READ)],
) -> Response:
    """Its steps as they stand, and what they cost together."""
    return page.render(_SHOWN, **_shown(session, number, actor, now=clock.now()))


@router.post("/joint-bookings/{number}/move", name="joint_move")
def move(
    number: str,
    form: Annotated[Filled[MoveJointForm], filled_in(MoveJointForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Let the earliest step begin at another moment, the others as long after it as before."""
    now = clock.now()
    page.if_refused(_SHOWN, **{**_shown(uow.session, number, actor, now=now), "form": form})
    move_joint(uow, number, form.checked.starts_at, actor=actor, now=now)
    return page.redirect("joint_booking", number)


@router.post("/joint-bookings/{number}/cancellation", name="joint_cancel")
def give_back(
    number: str,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Give back every step that has not begun."""
    now = clock.now()
    page.if_refused(_SHOWN, **_shown(uow.session, number, actor, now=now))
    cancel_joint(uow, number, actor=actor, now=now, reason=form.checked.reason)
    return page.redirect("joint_booking", number)


def _arranged(request: Request) -> FormData:
    """What stands in the address, after a step was put in (`with`) or taken out (`without`)."""
    typed = request.query_params
    lists = {name: typed.getlist(name) for name in ("instrument", *_LISTS)}
    lists["instrument"] += typed.getlist("with")
    many = len(lists["instrument"])
    for name, usual in _LISTS.items():
        lists[name] = (lists[name] + [usual] * many)[:many]
    gone = {int(one) for one in typed.getlist("without") if one.isdecimal() and len(one) <= 2}
    kept = [n for n in range(many) if n not in gone]
    start = typed.get("starts_at", "")
    if not start and (told := instant_in(typed.get("start", ""))):
        start = field_moment(told)
    arranged = [(name, texts[n]) for name, texts in lists.items() for n in kept]
    arranged += _taken_along(typed.getlist("accessory"), kept)
    once = [("starts_at", start)]
    once += [(name, typed.get(name, "")) for name in ("purpose", "voucher")]
    return FormData([*arranged, *once])


def _shares(
    session: Session, plan: JointPlan, purse: VoucherSource, *, actor: Actor, now: datetime
) -> Sequence[VoucherShare]:
    number, organisations = plan.form.value("voucher").strip(), may_book_for(actor)
    if not (number and organisations and plan.free):
        return ()
    priced = [
        (step.instrument_id, step.foreseen.total_fen or 0) for step in plan.steps if step.foreseen
    ]
    return purse.shares(session, organisations[0], number, priced=priced, day=local(now).date())


def _taken_along(typed: Sequence[str], kept: Sequence[int]) -> list[tuple[str, str]]:
    """The accessories of the steps that were kept, each under its step's new place."""
    places = {str(before): after for after, before in enumerate(kept)}
    told = (text.partition(":") for text in typed)
    return [("accessory", f"{places[n]}:{unit}") for n, _, unit in told if n in places]


def _plan(
    session: Session, form: Filled[BaseModel], *, actor: Actor, now: datetime, words: str = ""
) -> JointPlan:
    steps = tuple(_steps(session, form, actor=actor, now=now))
    asked = form.model if isinstance(form.model, JointForm) else None
    may_book = bool(may_book_for(actor))
    refused: tuple[Violation, ...] = ()
    starts: Sequence[datetime] = ()
    if asked and may_book and len(steps) == len(asked.instrument) > 1:
        wishes = asked.wishes()
        try:
            demand_steps([one.span for one in wishes], asked.instrument)
            steps = _foreseen(session, steps, wishes, actor=actor, now=now)
        except JointRefused as broken:
            refused = broken.violations
        except NotFound as unknown:
            # An accessory that is not offered there any more.
            refused = (Violation(unknown.code, unknown.params),)
        if any(step.foreseen and not step.foreseen.free for step in steps):
            starts = starts_near(session, wishes, now=now)
    return JointPlan(
        form=form,
        steps=steps,
        found=_found(session, words, actor=actor, now=now) if words else (),
        words=words,
        may_book=may_book,
        refused=refused,
        starts=starts,
    )


def _steps(
    session: Session, form: Filled[BaseModel], *, actor: Actor, now: datetime
) -> list[StepPlan]:
    """Every instrument named in the form that may be known, with what was typed for it."""
    span = TimeSpan(now, now + LOOK_AHEAD)
    typed = {name: form.values(name) for name in _LISTS}
    planned = []
    for n, text in enumerate(form.values("instrument")):
        if not (text.isascii() and text.isdecimal() and len(text) < 19):
            continue
        terms = booking_terms(session, int(text), span, now=now)
        must_be_known(terms, actor)
        here = {name: texts[n] if n < len(texts) else _LISTS[name] for name, texts in typed.items()}
        planned.append(StepPlan(terms.instrument_id, terms.name, terms.name_en, here))
    offered = accessories_with_each(session, {one.instrument_id for one in planned})
    return [replace(one, accessories=offered.get(one.instrument_id, ())) for one in planned]


def _foreseen(
    session: Session,
    steps: Sequence[StepPlan],
    wishes: Sequence[Wish],
    *,
    actor: Actor,
    now: datetime,
) -> tuple[StepPlan, ...]:
    told = foresee_together(session, wishes, actor=actor, now=now)
    return tuple(replace(step, foreseen=one) for step, one in zip(steps, told, strict=True))


def _found(session: Session, words: str, *, actor: Actor, now: datetime) -> Sequence[FoundCard]:
    asking = Asking(actor, now, Memory())
    listing = find_cards(session, Wanted(words=words), asking=asking, limit=_FOUND)
    return [one.card for one in listing.items]


def _shown(session: Session, number: str, actor: Actor, *, now: datetime) -> dict[str, Any]:
    joint = joint_seen_by(session, number, actor)
    cards = [card_of(one, actor, now=now) for one in joint.booked]
    ahead = [one for one in cards if one.may_cancel and one.seen.starts_at > now]
    movable = joint.whole and len(ahead) == len(cards) and all(card.may_move for card in ahead)
    return {"joint": joint, "cards": cards, "ahead": ahead, "movable": movable, "form": None}
