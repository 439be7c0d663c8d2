"""后补助 and 仪器贷贴息: the example programmes, as drafts; the demo lets some of them pay."""

from collections.abc import Mapping
from datetime import datetime

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.seeding import found
from booking.seeding.files import SeedFiles
from booking.seeding.registering import Register
from booking.subsidies.actions.activate_programme import Which, activate, propose
from booking.subsidies.actions.publish_programme import draft_programme, enter_joint_cap


def enter_programmes(
    uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime
) -> None:
    """Every example as a draft, and the caps that some of them share."""
    known = found.programme_codes(uow.session)
    for document in files.programmes():
        if not isinstance(document, Mapping):
            raise TypeError("a programme is not a mapping")
        if document["id"] not in known:
            draft_programme(uow, document, actor_id=HOUSE.known_id, now=now)
            register.written += 1
    caps = files.joint_caps["joint_caps"]
    for cap in caps if isinstance(caps, list) else ():
        register.written += enter_joint_cap(uow, cap, now=now)


def activate_for_demo(
    uow: UnitOfWork, files: SeedFiles, *, persons: tuple[int, int], now: datetime
) -> None:
    """Let the programmes that the demo names pay, under invented document numbers."""
    first, second = persons
    named = files.joint_caps["demo"]
    for code, document in named.items() if isinstance(named, Mapping) else ():
        propose(uow, Which(code), document=str(document), actor_id=first, now=now)
        activate(uow, Which(code), actor_id=second, now=now)
