"""What an earlier seeding left, by the names that the files use: so that twice changes nothing."""

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.roles import Role
from booking.accounts.models import Membership, User
from booking.instruments.models.calendar import CalendarYear
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.search import Synonym
from booking.instruments.rules.lexicon import Relation
from booking.loans.models import BankRecord, CreditLine
from booking.organisations.models import Lab, Organisation, Qualification
from booking.subsidies.models.programme import ProgrammeEntry

Place = tuple[Role, int | None, int | None]


def organisation_ids(session: Session) -> dict[str, int]:
    """Organisations by name."""
    rows = session.execute(sa.select(col(Organisation.name), col(Organisation.id)))
    return {row.name: row.id for row in rows}


def lab_ids(session: Session) -> dict[tuple[int, str], int]:
    """Labs by their organisation and name."""
    rows = session.execute(sa.select(col(Lab.organisation_id), col(Lab.name), col(Lab.id)))
    return {(owner, name): key for owner, name, key in rows}


def qualifications(session: Session) -> set[tuple[int, str, str]]:
    """Which organisation has which qualification from which day."""
    rows = session.execute(
        sa.select(
            col(Qualification.organisation_id),
            col(Qualification.code),
            col(Qualification.valid_from),
        )
    )
    return {(owner, code, first.isoformat()) for owner, code, first in rows}


def user_ids(session: Session) -> dict[str, int]:
    """People by e-mail address."""
    rows = session.execute(sa.select(col(User.email), col(User.id)))
    return {row.email: row.id for row in rows}


def places(session: Session) -> set[tuple[int, Place]]:
    """Who has which role where."""
    rows = session.execute(
        sa.select(
            col(Membership.user_id),
            col(Membership.role),
            col(Membership.organisation_id),
            col(Membership.lab_id),
        )
    )
    return {(user, (role, organisation, lab)) for user, role, organisation, lab in rows}


def instrument_ids(session: Session) -> dict[tuple[int, str], int]:
    """Instruments by their lab and inner number."""
    rows = session.execute(
        sa.select(col(Instrument.lab_id), col(Instrument.inner_id), col(Instrument.id))
    )
    return {(lab, inner): key for lab, inner, key in rows}


def calendar_years(session: Session) -> set[int]:
    """The years whose statutory calendar is known."""
    return set(session.execute(sa.select(col(CalendarYear.year))).scalars())


def synonyms(session: Session) -> set[tuple[str, str, Relation]]:
    """Words, what they are the same as or lead to."""
    columns = col(Synonym.word), col(Synonym.same_as), col(Synonym.relation)
    return {
        (word, other, relation) for word, other, relation in session.execute(sa.select(*columns))
    }


def credit_lines(session: Session) -> dict[str, int]:
    """Credit lines by their number."""
    rows = session.execute(sa.select(col(CreditLine.number), col(CreditLine.id)))
    return {row.number: row.id for row in rows}


def has_bank_records(session: Session) -> bool:
    """Whether a bank's file was taken in before."""
    return session.execute(sa.select(col(BankRecord.id)).limit(1)).first() is not None


def programme_codes(session: Session) -> set[str]:
    """Programmes that are entered, whatever their state."""
    return set(session.execute(sa.select(col(ProgrammeEntry.code))).scalars())
