"""Pages: programmes with their versions, in figures and in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.subsidies.actions.activate_programme import Which, discard, return_proposal, sign
from booking.subsidies.actions.end_programme import decline_end, sign_end, sign_withdrawal
from booking.subsidies.actions.publish_programme import draft_programme
from booking.subsidies.actions.publish_programme import draft_version as add_version
from booking.subsidies.forms import (
    ActivationBody,
    EndBody,
    ProgrammeForm,
    StepBody,
    WithdrawBody,
)
from booking.subsidies.queries.programmes import VersionRow, versions
from booking.subsidies.rules.documents import read_document
from booking.subsidies.rules.explanation import tongue_of
from booking.subsidies.rules.summary import summary
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]
Keeper = Annotated[Actor, requires(Permission.PROGRAMME_MANAGE)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A version with its name and what it says in plain words."""

    row: VersionRow
    name: str
    sentences: Sequence[str]
    not_begun: bool = False


@router.get("/programmes", name="programmes")
def index(session: Reading, page: PageDep, actor: Reader) -> Response:
    """All programmes."""
    return page.render(
        "subsidies/programmes.html",
        versions=[_shown(row) for row in versions(session)],
        manages=actor.may(Permission.PROGRAMME_MANAGE),
        form=blank(),
    )


@router.get("/programmes/{code}", name="programme")
def show(code: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """One programme, version by version."""
    rows = versions(session, code)
    if not rows:
        raise NotFound(programme=code)
    return page.render(
        "subsidies/programme.html",
        code=code,
        versions=[_shown(row, today=local(clock.now()).date()) for row in rows],
        manages=actor.may(Permission.PROGRAMME_MANAGE),
        form=blank(),
    )


@router.post("/programmes", name="enter_programme")
def enter(
    form: Annotated[Filled[ProgrammeForm], filled_in(ProgrammeForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Enter a programme, or another version of one, as a draft; YAML as the format says."""
    shown = [_shown(row) for row in versions(uow.session)]
    page.if_refused("subsidies/programmes.html", versions=shown, manages=True, form=form)
    document = read_document(form.checked.document, is_json=False)
    raw = document if isinstance(document, dict) else {}
    known = {row.code for row in versions(uow.session)}
    code = str(raw.get("id", ""))
    if code in known:
        add_version(uow, code, raw, actor_id=actor.known_id, now=clock.now())
    else:
        draft_programme(uow, raw, actor_id=actor.known_id, now=clock.now())
    return page.redirect("programme", code)


@router.post("/programmes/{code}/activation", name="activate_programme")
def make_active(
    code: str,
    form: Annotated[Filled[ActivationBody], filled_in(ActivationBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Propose a version under its document number, or let pay what another person proposed."""
    asked = form.checked
    sign(
        uow,
        Which(code, asked.version),
        document=asked.document,
        actor_id=actor.id,
        now=clock.now(),
    )
    return page.redirect("programme", code)


@router.post("/programmes/{code}/return", name="return_programme")
def send_back(
    code: str,
    form: Annotated[Filled[StepBody], filled_in(StepBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Make what was proposed a draft again."""
    asked = form.checked
    which = Which(code, asked.version)
    return_proposal(uow, which, reason=asked.reason, actor_id=actor.known_id, now=clock.now())
    return page.redirect("programme", code)


@router.post("/programmes/{code}/discarding", name="discard_programme")
def give_up(
    code: str,
    form: Annotated[Filled[StepBody], filled_in(StepBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Give a draft up; its days are free for another version."""
    discard(uow, Which(code, form.checked.version), actor_id=actor.known_id, now=clock.now())
    return page.redirect("programme", code)


@router.post("/programmes/{code}/ending", name="end_programme")
def end(
    code: str,
    form: Annotated[Filled[EndBody], filled_in(EndBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Ask that a version ends earlier, or confirm what another person asked."""
    asked, which = form.checked, Which(code, form.checked.version)
    sign_end(
        uow,
        which,
        asked.last_day,
        document=asked.document,
        actor_id=actor.id,
        now=clock.now(),
    )
    return page.redirect("programme", code)


@router.post("/programmes/{code}/withdrawal", name="withdraw_programme")
def withdraw(
    code: str,
    form: Annotated[Filled[WithdrawBody], filled_in(WithdrawBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Ask that a version which has not begun is taken back, or confirm what another asked."""
    asked, which = form.checked, Which(code, form.checked.version)
    sign_withdrawal(
        uow,
        which,
        document=asked.document,
        reason=asked.reason,
        actor_id=actor.id,
        now=clock.now(),
    )
    return page.redirect("programme", code)


@router.post("/programmes/{code}/ending/refusal", name="keep_programme")
def keep(
    code: str,
    form: Annotated[Filled[StepBody], filled_in(StepBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Let a version go on as its document says."""
    asked, now = form.checked, clock.now()
    decline_end(uow, Which(code, asked.version), reason=asked.reason, actor_id=actor.id, now=now)
    return page.redirect("programme", code)


def _shown(row: VersionRow, *, today: date = date.max) -> Shown:
    terms = row.programme
    if row.withdrawing:
        # It has no last day that counts: its days are those of its document.
        terms = replace(terms, valid_to=row.valid_to)
    tongue = tongue_of(language())
    return Shown(row, terms.name[tongue], summary(terms, tongue), today < row.valid_from)
