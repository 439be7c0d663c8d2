"""政策申报: a programme that is applied for, one application accepted and one that waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import BinaryIO, Final

from PIL import Image

from booking.access.permissions import Permission
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import receive
from booking.files.providers.disk import vault_of
from booking.files.rules.kinds import Use
from booking.seeding.files import SeedFiles, Table
from booking.seeding.registering import Register
from booking.subsidies.actions.activate_programme import Which, activate, propose
from booking.subsidies.actions.apply import add_paper, begin_application, hand_in
from booking.subsidies.actions.judge_application import decide_application
from booking.subsidies.states import ApplicationStep

_FILE: Final = "applications.toml"
_DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class _Picture:
    """An empty page, as a paper of the demo."""

    file: BinaryIO
    filename: str | None


def apply_for_it(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """Let the programme pay, and two companies apply; finance has accepted the first."""
    told, early = files.table(_FILE), now - _DAY
    first, second = (register.people[f"{one}@example.com"] for one in ("finance2", "finance"))
    which = Which(str(told["programme"]))
    propose(uow, which, document=str(told["document"]), actor_id=first, now=early)
    activate(uow, which, actor_id=second, now=early)
    accepted = _hand_in(uow, told, register.people[str(told["accepted"])], now=early)
    decide_application(uow, accepted, ApplicationStep.ACCEPT, actor_id=second, now=now)
    _hand_in(uow, told, register.people[str(told["waits"])], now=now)


def _hand_in(uow: UnitOfWork, told: Table, person_id: int, *, now: datetime) -> int:
    actor, by = actor_by_id(uow.session, person_id), (person_id, now)
    (company, *_) = actor.organisations_giving(Permission.APPLICATION_MAKE)
    key = begin_application(uow, str(told["programme"]), 1, organisation_id=company, by=by)
    papers = told["papers"]
    if not isinstance(papers, list):
        raise TypeError("papers is not a list")
    for code in papers:
        received = receive(vault_of(uow.session.get_bind()), _page(str(code)), Use.EVIDENCE)
        add_paper(uow, key, received, code=str(code), by=by)
    hand_in(uow, key, note=str(told["note"]), actor_id=person_id, now=now)
    return key


def _page(code: str) -> _Picture:
    content = BytesIO()
    Image.new("RGB", (210, 297), "white").save(content, "PNG")
    content.seek(0)
    return _Picture(content, f"示例-{code}.png")
