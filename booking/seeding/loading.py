"""The whole of `seed/`, in the order in which things rest on each other; twice changes nothing."""

from datetime import datetime

from booking.accounts.providers.local import Passwords
from booking.db.patience import plan_for_each
from booking.db.transactions import UnitOfWork
from booking.seeding.equipping import enter_calendars, enter_synonyms, publish_instruments
from booking.seeding.files import SeedFiles
from booking.seeding.funding import enter_programmes
from booking.seeding.lending import enter_loans
from booking.seeding.registering import (
    Register,
    add_qualifications,
    open_labs,
    register_organisations,
    register_people,
)


def load(
    uow: UnitOfWork, files: SeedFiles, *, now: datetime, demo_people: Passwords | None = None
) -> Register:
    """Enter what is missing; the demo's people only where a way to hash their password is given."""
    # A plan made when a table was empty must not be kept while it fills.
    plan_for_each(uow.session)
    register = Register()
    enter_calendars(uow, files, register, now=now)
    enter_synonyms(uow, files, register)
    register_organisations(uow, files, register, now=now)
    open_labs(uow, files, register, now=now)
    add_qualifications(uow, files, register, now=now)
    if demo_people:
        register_people(uow, files, register, passwords=demo_people, now=now)
    publish_instruments(uow, files, register, now=now)
    enter_loans(uow, files, register, now=now)
    enter_programmes(uow, files, register, now=now)
    return register
