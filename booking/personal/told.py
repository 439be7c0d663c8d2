"""The form in which it is said what is kept about people."""

from dataclasses import dataclass

from sqlmodel import SQLModel

from booking.personal.rules import Until, Why


@dataclass(frozen=True, slots=True)
class Told:
    """What a table says of a person.

    A row is theirs when one of the columns `person` holds their number, `address` their e-mail, or
    `subject` their number behind a noun (`user:5`); with none of them nobody can be found in it,
    for only a digest is kept. `shown` is what its person gets to see.
    """

    table: type[SQLModel]
    person: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    address: str = ""
    subject: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept under a heading: why, until when, and in which tables."""

    heading: str
    why: Why
    until: Until
    tables: tuple[Told, ...]
