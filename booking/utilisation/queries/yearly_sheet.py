"""What the yearly sheet asks of cards and uses, and what was typed and handed in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Reach
from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.training.models import TrainingGrant
from booking.utilisation.models import ReportSubmission, ReportUnit, YearlyEntry
from booking.utilisation.queries.cutting import KNOWN
from booking.utilisation.rules.sj3 import THRESHOLD_FEN

_MINUTES: Final = sum(
    (
        col(UsageSession.preparation_minutes),
        col(UsageSession.test_minutes),
        col(UsageSession.post_minutes),
    ),
    sa.literal(0),
)


@dataclass(frozen=True, slots=True)
class ValuableCard:
    """What the sheet takes from a card, and where to mend it."""

    id: int
    lab_id: int
    lab_name: str
    name: str
    inner_id: str
    other_codes: Mapping[str, str]
    original_value_fen: int
    model: str
    specs: str
    contact_name: str


def valuable_cards(session: Session, organisation_id: int, reach: Reach) -> list[ValuableCard]:
    """Cards of 40万元 and above that somebody may see, in the order of their labs."""
    asked = (
        sa.select(
            col(Instrument.id),
            col(Instrument.lab_id),
            col(Lab.name),
            col(Instrument.name),
            col(Instrument.inner_id),
            col(Instrument.other_codes),
            col(Instrument.original_value_fen),
            col(Instrument.model),
            col(Instrument.specs),
            col(Instrument.contact_name),
        )
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .where(col(Lab.organisation_id) == organisation_id, *_valuable(reach))
        .order_by(col(Instrument.lab_id), col(Instrument.id))
    )
    return [ValuableCard(*row) for row in session.execute(asked)]


@dataclass(frozen=True, slots=True)
class CardNamed:
    """An instrument of some value."""

    id: int
    lab_id: int
    name: str
    name_en: str


def cards_worth(
    session: Session, organisation_id: int, reach: Reach, *, least_fen: int
) -> list[CardNamed]:
    """Cards of an organisation from a value on that somebody may see."""
    asked = (
        sa.select(
            col(Instrument.id),
            col(Instrument.lab_id),
            col(Instrument.name),
            col(Instrument.name_en),
        )
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .where(col(Lab.organisation_id) == organisation_id, *_valuable(reach, least_fen))
        .order_by(col(Instrument.lab_id), col(Instrument.id))
    )
    return [CardNamed(*row) for row in session.execute(asked)]


def reporting_organisations(session: Session, reach: Reach) -> list[tuple[int, str, str]]:
    """Organisations with such cards, as id, name and English name."""
    asked = (
        sa.select(col(Organisation.id), col(Organisation.name), col(Organisation.name_en))
        .where(
            sa.exists()
            .where(col(Lab.organisation_id) == col(Organisation.id))
            .where(col(Instrument.lab_id) == col(Lab.id), *_valuable(reach))
        )
        .order_by(col(Organisation.name), col(Organisation.id))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked)]


def all_of(organisation_id: int) -> Reach:
    """An organisation with all its labs."""
    return Reach(
        everywhere=False, organisation_ids=frozenset({organisation_id}), lab_ids=frozenset()
    )


def must_report(session: Session, organisation_id: int) -> None:
    """NotFound where there is nothing to report."""
    if not reporting_organisations(session, all_of(organisation_id)):
        raise NotFound(organisation_id=organisation_id)


def _valuable(reach: Reach, least_fen: int = THRESHOLD_FEN) -> list[sa.ColumnElement[bool]]:
    found = [
        col(Instrument.state).in_(KNOWN),
        col(Instrument.original_value_fen) >= least_fen,
    ]
    if not reach.everywhere:
        mine = col(Lab.id).in_(reach.lab_ids)
        found.append(mine | col(Lab.organisation_id).in_(reach.organisation_ids))
    return found


def operated_by_users(session: Session, period: Period, ids: Collection[int]) -> dict[int, int]:
    """Effective seconds of uses that users operated themselves, counted where they end."""
    asked = (
        sa.select(col(UsageSession.instrument_id), sa.func.sum(_MINUTES))
        .join(Reservation, col(Reservation.id) == col(UsageSession.reservation_id))
        .where(
            col(UsageSession.instrument_id).in_(ids),
            col(UsageSession.ended_at) > period.span.start,
            col(UsageSession.ended_at) <= period.span.end,
            # Effective hours are those that both sides confirmed.
            col(UsageSession.settled_at).is_not(None),
            col(Reservation.mode) == ServiceMode.SELF_OPERATED,
        )
        .group_by(col(UsageSession.instrument_id))
    )
    return {key: int(minutes) * 60 for key, minutes in session.execute(asked)}


def trained_in(session: Session, period: Period, instrument_id: int) -> int:
    """How many people were first allowed to operate an instrument alone within a year."""
    asked = sa.select(sa.func.count(sa.distinct(col(TrainingGrant.person_id)))).where(
        col(TrainingGrant.instrument_id) == instrument_id,
        col(TrainingGrant.granted_at) >= period.span.start,
        col(TrainingGrant.granted_at) < period.span.end,
    )
    return int(session.execute(asked).scalar_one())


def entries_of(
    session: Session, period: Period, ids: Collection[int]
) -> dict[int, Mapping[str, str | int]]:
    """What was typed of each instrument's year."""
    asked = sa.select(col(YearlyEntry.instrument_id), col(YearlyEntry.entered)).where(
        col(YearlyEntry.period) == period.code, col(YearlyEntry.instrument_id).in_(ids)
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def entry_for_update(session: Session, period: Period, instrument_id: int) -> YearlyEntry | None:
    """The row itself, locked until the deed ends."""
    asked = select(YearlyEntry).where(
        col(YearlyEntry.period) == period.code, col(YearlyEntry.instrument_id) == instrument_id
    )
    return session.exec(asked.with_for_update()).one_or_none()


def school_code_of(session: Session, organisation_id: int) -> str:
    """Empty when nobody said it yet."""
    asked = sa.select(col(ReportUnit.school_code)).where(
        col(ReportUnit.organisation_id) == organisation_id
    )
    return session.execute(asked).scalar_one_or_none() or ""


def unit_for_update(session: Session, organisation_id: int) -> ReportUnit:
    """The row itself, locked until the deed ends; somebody has said what the school is called."""
    asked = select(ReportUnit).where(col(ReportUnit.organisation_id) == organisation_id)
    return session.exec(asked.with_for_update()).one()


def submissions_of(
    session: Session, organisation_id: int, period: Period
) -> Sequence[ReportSubmission]:
    """What was handed in, the last version first."""
    asked = select(ReportSubmission).where(
        col(ReportSubmission.organisation_id) == organisation_id,
        col(ReportSubmission.period) == period.code,
    )
    return session.exec(asked.order_by(col(ReportSubmission.version).desc())).all()


def submission_in_reach(session: Session, submission_id: int, reach: Reach) -> ReportSubmission:
    """One that was handed in, for whoever reads the whole organisation; NotFound for others."""
    found = session.get(ReportSubmission, submission_id)
    if found is None or not (reach.everywhere or found.organisation_id in reach.organisation_ids):
        raise NotFound(submission_id=submission_id)
    return found
