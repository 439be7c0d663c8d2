"""Saying something hostile wherever the platform lets it be said."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from httpx2 import Response

from booking.access.roles import Role
from tests.access.asking import PASSES, Asking, Plan
from tests.access.doors import table
from tests.access.world.people import VISITOR
from tests.access.world.records import NONE, OWN
from tests.hostile.corpus import FORMULAS, MARKUP, SHORT_MARKUP
from tests.hostile.fields import Field, filled, text_fields

# Every text of both kinds: a formula for a sheet, markup for a page.
_SAID = tuple(f"{FORMULAS[number % len(FORMULAS)]}{markup}" for number, markup in enumerate(MARKUP))
_SHORT = f"={SHORT_MARKUP}"
# What these say is compared with something, or names what is asked for.
_COMPARED = {"password", "current_password", "new_password", "email", "on_behalf_of"}
_IN_WORDS = {"name", "name_en", "controller", "account_name", "bank", "person", "purpose", "note"}
_IN_WORDS |= {"dispute", "objection", "qualification", "evidence", "loan_purpose", "token"}
_IN_WORDS |= {"draft", "returned", "manager", "closing"}
_IN_WORDS |= {"order_wishes", "order_message", "quote_note", "dispute_answer", "proposal"}
_IN_WORDS |= {"appeal", "appeal_decision", "waiting_purpose", "joint_purpose"}
_IN_WORDS |= {"invoice_note", "payment_note", "adjustment", "adjustment_refused", "correction"}
_IN_WORDS |= {"prepaid_note", "subsidy_returned", "recovery"}
_READERS = (Role.CENTRE_ADMIN, Role.COMPANY_ADMIN, Role.LAB_MANAGER, VISITOR)

Marks = dict[str, str]


@dataclass(frozen=True)
class Spoiled:
    """A world full of it, the fields that took it, and every answer that anybody reads."""

    asking: Asking
    planted: Sequence[Field]
    answers: Sequence[tuple[Plan, str, Response]]


def spoiling(marks: Callable[..., Marks]) -> Callable[..., Marks]:
    """The words that a side says of itself, in hostile hands."""
    said = cycle(_SAID)

    def spoiled(*told: object) -> Marks:
        words = marks(*told)
        return {
            name: next(said) + word if name in _IN_WORDS else word for name, word in words.items()
        }

    return spoiled


def plant(asking: Asking) -> list[Field]:
    """Let every field that takes it say so, and keep it."""
    texts, of_route = cycle(_SAID), dict[object, list[Field]]()
    for field in text_fields(asking.app):
        if field.name not in _COMPARED:
            of_route.setdefault(field.route, []).append(field)
    planted = []
    for fields in of_route.values():
        tried = [(field, _taken(asking, field, next(texts))) for field in fields]
        words = {field.name: taken for field, taken in tried if taken}
        plan = filled(asking, fields[0], words)
        if words and asking.done(plan, fields[0].who).status_code < 400:
            planted += [field for field in fields if field.name in words]
    return planted


def _taken(asking: Asking, field: Field, text: str) -> str | None:
    for said in (text, _SHORT):
        if asking.answer(field.plan(asking, said), field.who).status_code < 400:
            return said
    return None


def read_by_all(asking: Asking) -> Iterator[tuple[Plan, str, Response]]:
    """Every page and file of ours as those are answered who pass its door."""
    for case, row in sorted(table().items(), key=lambda item: item[0]):
        if case.route.method == "GET" and case.kind in {OWN, NONE}:
            for who in _READERS:
                if row[who] == PASSES:
                    plan = asking.plan(case, who)
                    yield plan, who, asking.answer(plan, who)
