"""Codes of telephones and of paper, and what is sealed."""

from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.accounts.providers.one_time import (
    enrolment_address,
    new_key,
    new_recovery_codes,
    recovery_digest,
    step_of,
)
from booking.accounts.providers.sealing import Seal
from booking.web.qr import picture_of
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00:10")
STEP = int(NOW.timestamp()) // 30
# RFC 6238, appendix B: the last six of the eight digits for SHA-1.
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("1970-01-01T00:00:59+00:00", "287082"),
        ("2005-03-18T01:58:29+00:00", "081804"),
        ("2009-02-13T23:31:30+00:00", "005924"),
        ("2033-05-18T03:33:20+00:00", "279037"),
    ],
)
def test_codes_are_those_of_the_standard(at: str, code: str) -> None:
    assert step_of(code, RFC_KEY, now=moment(at)) == int(moment(at).timestamp()) // 30


@pytest.mark.parametrize(
    ("seconds", "step"),
    [(0, STEP), (-30, STEP - 1), (30, STEP + 1), (-41, None), (50, None), (86_400, None)],
)
def test_a_clock_may_be_half_a_minute_off(seconds: int, step: int | None) -> None:
    key = new_key()
    code = pyotp.TOTP(key).at(NOW + timedelta(seconds=seconds))
    assert step_of(code, key, now=NOW) == step


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}-{1} ", "{0}{1}"])
def test_blanks_and_dashes_are_no_mistake(typed: str) -> None:
    code = pyotp.TOTP(RFC_KEY).at(NOW)
    assert step_of(typed.format(code[:3], code[3:]), RFC_KEY, now=NOW) == STEP


def test_wide_digits_are_read() -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in pyotp.TOTP(RFC_KEY).at(NOW))
    assert step_of(wide, RFC_KEY, now=NOW) == STEP


@given(st.text(max_size=20))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    assert step_of(typed, RFC_KEY, now=NOW) in {None, STEP - 1, STEP, STEP + 1}


def test_recovery_codes_differ_and_are_read_as_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert recovery_digest(7, codes[0]) == recovery_digest(7, codes[0].replace("-", " ").upper())
    assert recovery_digest(7, codes[0]) != recovery_digest(8, codes[0])


def test_the_address_names_the_person_and_the_house() -> None:
    told = pyotp.parse_uri(enrolment_address(RFC_KEY, email="甲@example.com", issuer="仪器共享"))
    assert (told.secret, told.name, told.issuer) == (RFC_KEY, "甲@example.com", "仪器共享")


def test_the_picture_draws_every_dark_square() -> None:
    picture = picture_of("otpauth://totp/x?secret=ABC")
    runs = [run.partition("h") for run in picture.path.split("M")[1:]]
    squares = [tuple(map(int, place.split())) for place, _, _ in runs]
    assert min(min(place) for place in squares) == 4
    assert (
        max(
            x + int(run.partition("v")[0])
            for (x, _), (_, _, run) in zip(squares, runs, strict=True)
        )
        == picture.size - 4
    )


def test_what_is_sealed_opens_for_its_purpose_and_key_only() -> None:
    seal = Seal("one secret key")
    sealed = seal.sealed(RFC_KEY, purpose="person 1", now=NOW)
    assert RFC_KEY not in sealed
    assert seal.opened(sealed, purpose="person 1", now=NOW) == RFC_KEY
    assert Seal("one secret key").opened(sealed, purpose="person 1", now=NOW) == RFC_KEY
    assert seal.opened(sealed, purpose="person 2", now=NOW) is None
    assert Seal("another").opened(sealed, purpose="person 1", now=NOW) is None
    assert seal.opened(sealed[:-4] + "AAA=", purpose="person 1", now=NOW) is None


def test_what_is_sealed_for_a_while_opens_no_longer() -> None:
    seal, later = Seal("one secret key"), NOW + timedelta(minutes=11)
    sealed = seal.sealed("x", purpose="p", now=NOW)
    within = timedelta(minutes=10)
    assert seal.opened(sealed, purpose="p", now=NOW, within=within) == "x"
    assert seal.opened(sealed, purpose="p", now=later, within=within) is None
