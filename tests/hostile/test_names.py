"""Names that look like other names, or turn around what stands beside them."""

import pytest

from booking.access.roles import Role
from booking.organisations.rules import name_core
from tests.access.ask import Ask
from tests.access.asking import Asking, Plan
from tests.access.bodies import COMPANY, SELF
from tests.access.world.people import VISITOR
from tests.factories.organisations import some_uscc
from tests.hostile.fields import keeps_nothing, text_fields

# An override turns around whatever follows it, in lists, letters and files.
TURNING = "\u202egnp.exe"
# Latin letters of the address in other scripts.
LOOK_ALIKE = str.maketrans({"a": "\u0430", "e": "\u0435", "o": "\u043e"})


@pytest.mark.slow
def test_no_name_turns_around_what_stands_beside_it(here: Asking) -> None:
    names = [
        field
        for field in text_fields(here.app)
        if field.name.endswith("name") and not keeps_nothing(field)
    ]
    taken = [
        str(field)
        for field in names
        if here.answer(field.plan(here, TURNING), field.who).status_code < 400
    ]
    assert taken == []
    assert len(names) > 10


def test_an_address_that_looks_like_another_opens_nothing(here: Asking) -> None:
    told = {"email": SELF.translate(LOOK_ALIKE), "password": "demo-demo-demo", "name": "x"}
    assert told["email"] != SELF
    answer = here.answer(Plan("POST", "/api/v1/tokens", Ask(json=told), ()), VISITOR)
    assert answer.status_code == 401, answer.text


def test_a_company_cannot_take_the_name_of_another(here: Asking) -> None:
    wish = {**COMPANY, "name": "秘名ours公司", "uscc": some_uscc()}
    plan = Plan("POST", "/api/v1/organisations", Ask(json=wish), ())
    assert here.answer(plan, Role.CENTRE_ADMIN).status_code == 409


@pytest.mark.parametrize("name", ["秘名ＯＵＲＳ公司", " 秘名 ours 有限公司 ", "(秘名)Ours"])
def test_a_name_that_reads_like_another_is_shown_beside_it_to_who_verifies(name: str) -> None:
    """`organisations/report/registrations.py` looks for it by this."""
    assert name_core(name) == name_core("秘名ours公司")
