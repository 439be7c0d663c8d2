"""Applications of each company: one that waits, one that was sent back, one not begun yet."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import receive
from booking.files.providers.disk import vault_of
from booking.files.rules.kinds import Use
from booking.subsidies.actions.apply import add_paper, begin_application, hand_in
from booking.subsidies.actions.judge_application import decide_application
from booking.subsidies.actions.revoke_application import revoke_application
from booking.subsidies.states import ApplicationStep
from tests.access.world.records import NOBODY, Record
from tests.access.world.sides import Customer
from tests.factories.accounts import make_staff
from tests.factories.applications import asking
from tests.factories.files import Chosen, pdf
from tests.factories.settled_uses import make_programme

_SIDES = ("ours", "theirs", "guest")
# Of next year, so that no statement of the world has a line of them.
_YEAR = {"from": "2027-01-01", "to": "2027-12-31"}
WAITS, SENT_BACK, NOT_BEGUN = "APPLY-WAITS", "APPLY-AGAIN", "APPLY-NEW"
ACCEPTED, REVOKED = "APPLY-TAKEN", "APPLY-REVOKED"
_FIRST = date(2027, 3, 1)


def application_records(
    uow: UnitOfWork,
    customers: Mapping[str, Customer],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """Ours, theirs, a guest's; told to nobody, or they would fill the newest page of the trail."""
    uow = UnitOfWork(uow.session, {})
    for code in (WAITS, SENT_BACK, NOT_BEGUN, ACCEPTED, REVOKED):
        make_programme(uow, asking(code, valid=_YEAR))
    waiting = [_handed_in(uow, WAITS, customers[s], marks[s], now=now)[0] for s in _SIDES]
    again = [_sent_back(uow, customers[s], marks[s], now=now) for s in _SIDES]
    accepted = [_accepted(uow, ACCEPTED, customers[s], marks[s], now=now) for s in _SIDES]
    for side in _SIDES:
        _revoked(uow, customers[side], marks[side], now=now)
    yield "applications/{application_id}", _by_id(waiting)
    yield "applications/{application_id}/revocation", _by_id(accepted)
    for step in ("note", "papers", "submission"):
        yield f"applications/{{application_id}}/{step}", _by_id([one for one, _ in again])
    # Absent is another number than the application's: one address names both.
    own, other, guest = (paper for _, paper in again)
    yield "papers/{document_id}", Record(own, other=other, guest=guest, absent=NOBODY - 1)


def _by_id(keys: list[int]) -> Record:
    own, other, guest = keys
    return Record(own, other=other, guest=guest)


def _handed_in(
    uow: UnitOfWork, code: str, customer: Customer, said: Mapping[str, str], *, now: datetime
) -> tuple[int, int]:
    """The application, and its paper."""
    by, company = (customer.admin.id, now), customer.company.key
    key = begin_application(uow, code, 1, organisation_id=company, by=by)
    paper = _paper(uow, key, said, by=by)
    hand_in(uow, key, note=said["application_note"], actor_id=customer.admin.id, now=now)
    return key, paper


def _accepted(
    uow: UnitOfWork, code: str, customer: Customer, said: Mapping[str, str], *, now: datetime
) -> int:
    key, _ = _handed_in(uow, code, customer, said, now=now)
    judge = make_staff(uow, Role.FINANCE).id
    decide_application(uow, key, ApplicationStep.ACCEPT, actor_id=judge, now=now)
    return key


def _revoked(
    uow: UnitOfWork, customer: Customer, said: Mapping[str, str], *, now: datetime
) -> None:
    key = _accepted(uow, REVOKED, customer, said, now=now)
    judge, why = make_staff(uow, Role.FINANCE).id, said["application_revoked"]
    revoke_application(uow, key, _FIRST, reason=why, actor_id=judge, now=now)


def _sent_back(
    uow: UnitOfWork, customer: Customer, said: Mapping[str, str], *, now: datetime
) -> tuple[int, int]:
    """The application, and a paper that was added since."""
    early = now - timedelta(hours=1)
    key, _ = _handed_in(uow, SENT_BACK, customer, said, now=early)
    judge, why = make_staff(uow, Role.FINANCE).id, said["application_reason"]
    decide_application(uow, key, ApplicationStep.RETURN, reason=why, actor_id=judge, now=early)
    return key, _paper(uow, key, said, by=(customer.admin.id, now))


def _paper(uow: UnitOfWork, key: int, said: Mapping[str, str], *, by: tuple[int, datetime]) -> int:
    content = pdf(before_the_end=f"%{said['application_bytes']}\n".encode())
    sent = Chosen(content, said["application_file"])
    received = receive(vault_of(uow.session.get_bind()), sent, Use.EVIDENCE)
    return add_paper(uow, key, received, code="contract", by=by).key
