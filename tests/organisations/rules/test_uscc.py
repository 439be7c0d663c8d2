"""The credit code: each fault is named, and every code that the algorithm makes passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.organisations.rules import (
    USCC_LETTERS,
    compact_uscc,
    registration_violations,
    uscc_check_digit,
    uscc_fault,
    uscc_violation,
)
from booking.organisations.states import OrganisationKind

DIGITS = st.sampled_from("0123456789")
LETTERS = st.sampled_from(USCC_LETTERS)
BODIES = st.builds(
    lambda head, region, tail: "".join((*head, *region, *tail)),
    st.lists(LETTERS, min_size=2, max_size=2),
    st.lists(DIGITS, min_size=6, max_size=6),
    st.lists(LETTERS, min_size=9, max_size=9),
)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("91350100M000100Y43", None),
        ("91110108551385082Q", None),
        ("91110000600037341L", None),
        ("  91350100 m000100y43 ", None),
        ("9135-0100-M000100Y43", None),
        ("９１３５０１００Ｍ０００１００Ｙ４３", None),  # full-width, as an input method types it
        ("", "uscc.length"),
        ("91350100M000100Y4", "uscc.length"),
        ("91350100M000100Y433", "uscc.length"),
        ("91350100M000100Y4Z", "uscc.letter"),
        ("9135O100M000100Y43", "uscc.letter"),
        ("91350100M0001O0Y43", "uscc.letter"),
        ("9135A100M000100Y43", "uscc.letter"),  # the region is digits only
        ("91350100М000100Y43", "uscc.letter"),  # a Cyrillic М
        ("91350100M000100Y44", "uscc.check_digit"),
        ("91350100M000010Y43", "uscc.check_digit"),
    ],
)
def test_a_credit_code_is_told_exactly_what_is_wrong_with_it(text: str, fault: str | None) -> None:
    assert uscc_fault(text) == fault


def test_a_wrong_letter_is_pointed_at() -> None:
    violation = uscc_violation("91350100M0001O0Y43")
    assert violation is not None
    assert violation.params == {"letter": "O", "position": 14}


@given(BODIES)
def test_every_body_with_its_check_digit_passes(body: str) -> None:
    assert uscc_fault(body + uscc_check_digit(body)) is None


@given(BODIES, st.integers(8, 16), LETTERS)
def test_one_changed_sign_is_always_noticed(body: str, place: int, sign: str) -> None:
    changed = body[:place] + sign + body[place + 1 :]
    fault = uscc_fault(changed + uscc_check_digit(body))
    assert fault == (None if changed == body else "uscc.check_digit")


@given(BODIES, st.integers(8, 15))
def test_two_neighbours_exchanged_are_always_noticed(body: str, place: int) -> None:
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    fault = uscc_fault(swapped + uscc_check_digit(body))
    assert fault == (None if swapped == body else "uscc.check_digit")


@given(st.text(max_size=40))
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    fault = uscc_fault(text)
    assert fault in {None, "uscc.length", "uscc.letter", "uscc.check_digit"}


@given(BODIES)
def test_a_code_is_stored_one_way_however_it_is_typed(body: str) -> None:
    typed = f" {body[:6].lower()} {body[6:]}-"
    assert compact_uscc(typed) == compact_uscc(body) == body


@pytest.mark.parametrize(
    ("kind", "uscc", "codes"),
    [
        (OrganisationKind.ENTERPRISE, "91350100M000100Y43", []),
        (OrganisationKind.ENTERPRISE, None, ["uscc.missing"]),
        (OrganisationKind.UNIVERSITY, "", ["uscc.missing"]),
        (OrganisationKind.STARTUP_TEAM, None, []),
        (OrganisationKind.STARTUP_TEAM, "91350100M000100Y44", ["uscc.check_digit"]),
        (OrganisationKind.ENTERPRISE, "123", ["uscc.length"]),
    ],
)
def test_only_a_startup_team_may_be_without_a_code(
    kind: OrganisationKind, uscc: str | None, codes: list[str]
) -> None:
    assert [violation.code for violation in registration_violations(kind, uscc)] == codes
