"""Entries as people read them: fields, states, times and amounts in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from booking.access.roles import Role
from booking.instruments.states import ImportState, InstrumentState
from booking.invoices.states import PaperState
from booking.needs.states import NeedState
from booking.orders.states import OrderState
from booking.organisations.states import OrganisationState
from booking.reservations.states import State
from booking.subsidies.states import ApplicationState, BatchState, ProgrammeState, StatementState
from booking.web.formats import NOTHING, moment_text, money_text
from booking.web.words import field_words, words

# What the `state` of each kind of subject is a member of.
_STATES: Final[Mapping[str, type[StrEnum]]] = {
    "application": ApplicationState,
    "batch": BatchState,
    "instrument": InstrumentState,
    "instrument_import": ImportState,
    "invoice": PaperState,
    "need": NeedState,
    "order": OrderState,
    "organisation": OrganisationState,
    "payment": PaperState,
    "programme": ProgrammeState,
    "reservation": State,
    "statement": StatementState,
}
# What is given, taken and offered to people.
_ROLES: Final = frozenset({"role", "invitation"})
Told = tuple[str, str, str]
# Where each kind of subject has a page of its own.
_PAGES: Final[Mapping[str, str]] = {
    "application": "application",
    "batch": "payment_batch",
    "charge": "charge",
    "instrument": "instrument",
    "invoice": "invoice",
    "joint_booking": "joint_booking",
    "loan": "loan",
    "need": "need",
    "order": "order",
    "organisation": "organisation",
    "payment": "payment",
    "prepayment": "prepayment",
    "programme": "programme",
    "quote": "quote",
    "reservation": "reservation",
    "reservation_series": "reservation_series",
    "settlement": "settlement",
    "simulation": "simulation",
    "statement": "statement",
    "user": "audit_person",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about, or on whose behalf; `page` is the route of the record itself."""

    noun: str
    reference: str
    name: str
    page: str

    @property
    def kind(self) -> str:
        """The noun in words."""
        return words(f"audit.noun.{self.noun}")


def told_subject(subject: str, names: Mapping[str, str]) -> Subject:
    """A subject by its name, or by its reference where it has none."""
    noun, _, reference = subject.partition(":")
    page = "" if reference in {"*", "unknown"} else _PAGES.get(noun, "")
    return Subject(noun, reference, names.get(subject, ""), page)


def told_changes(subject: str, changes: Mapping[str, Sequence[object]]) -> Iterator[Told]:
    """Each change as what, before, after."""
    noun = subject.partition(":")[0]
    for field, (before, after) in changes.items():
        yield field_words(field), _told(noun, field, before), _told(noun, field, after)


def _told(noun: str, field: str, value: object) -> str:
    if value is None or value == "":
        return NOTHING
    if field == "state" and noun in _STATES and value in set(_STATES[noun]):
        return words(_STATES[noun](str(value)))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or NOTHING
    if field.endswith("_fen") and isinstance(value, int):
        return money_text(value)
    if field in _ROLES:
        return _role(str(value))
    return _moment(value) or str(value)


def _role(text: str) -> str:
    """A role in words, and the place as it is written behind it."""
    role, blank, place = text.partition(" ")
    return (words(Role(role)) if role in set(Role) else role) + blank + place


def _moment(value: object) -> str:
    if not isinstance(value, str) or "T" not in value:
        return ""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return moment_text(moment) if moment.tzinfo else ""
