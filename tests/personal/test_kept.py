"""The table of what is kept of people is whole, gives no secret away, and has words."""

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from booking.personal.kept import KEPT
from booking.personal.queries import table_of
from booking.web.i18n import LANGUAGES, Language, translations
from booking.web.words import code_of
from tests.support.sources import import_everything

# Numbers of people without a foreign key: their rows outlive any rule about accounts.
_BY = ("_by", "actor_id")
# How an address is written in any table.
_ADDRESSES = ("email",)
_SECRETS = ("digest", "hash", "sealed", "secret", "step")


def columns_of_people() -> set[tuple[str, str]]:
    import_everything()
    return {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if any(key.target_fullname == "person.id" for key in column.foreign_keys)
        or (column.name.endswith(_BY) and isinstance(column.type, sa.Integer))
    }


def test_every_number_of_a_person_is_in_the_table() -> None:
    told = {
        (table_of(one).name, name) for kept in KEPT for one in kept.tables for name in one.person
    }
    assert columns_of_people() <= told
    assert len(columns_of_people()) > 35


def test_every_address_is_in_the_table() -> None:
    import_everything()
    told = {(table_of(one).name, one.address) for kept in KEPT for one in kept.tables}
    written = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if column.name.endswith(_ADDRESSES)
    }
    assert written - told == {("person", "email")}


def test_nothing_that_opens_an_account_is_given_out() -> None:
    shown = {name for kept in KEPT for one in kept.tables for name in one.shown}
    assert not {name for name in shown if any(secret in name for secret in _SECRETS)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_words(language: Language) -> None:
    known = translations(language)
    codes = {
        code
        for kept in KEPT
        for code in (f"personal.kept.{kept.heading}", code_of(kept.why), code_of(kept.until))
    }
    assert {code for code in codes if known.gettext(f"code:{code}") == f"code:{code}"} == set()
