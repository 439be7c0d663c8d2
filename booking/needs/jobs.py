"""What the clock does for needs and saved searches: let lapse, look, tell."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.instruments.queries.subsidised import SubsidySource
from booking.kernel.clock import local
from booking.needs.actions import tell_labs as telling
from booking.needs.actions import tell_need as needs
from booking.needs.actions import tell_of_cards as searches


def lapse_needs(uow: UnitOfWork, now: datetime) -> int:
    """After the day by which something was needed; days that were missed are made good for."""
    return needs.lapse_needs(uow, today=local(now).date(), now=now)


def tell_labs(uow: UnitOfWork, now: datetime) -> int:
    """In the morning, of the needs of earlier days; at most one letter a day for each lab."""
    return telling.tell_labs(uow, now=now)


def match_saved_searches(uow: UnitOfWork, now: datetime, *, programmes: SubsidySource) -> int:
    """Look at cards that were published or changed; a few hundred a run."""
    return searches.match_cards(uow, programmes=programmes, now=now)


def tell_of_new_cards(uow: UnitOfWork, now: datetime) -> int:
    """In the morning, whoever saved a search that found something new; one letter each."""
    return searches.tell_of_cards(uow, now=now)
