"""Loading the seed goes the way users go, and a second time changes nothing."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from booking.access.roles import Role
from booking.accounts.models import Credential, Membership, User
from booking.accounts.providers.local import passwords
from booking.instruments.models.instrument import Instrument
from booking.instruments.states import InstrumentState
from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationState
from booking.seeding.files import SeedFiles
from booking.seeding.loading import load
from booking.settings import REPOSITORY
from booking.subsidies.models.programme import ProgrammeVersion
from booking.subsidies.states import ProgrammeState

SEED = SeedFiles(REPOSITORY / "seed")
NOW = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def rows(session) -> dict[str, int]:
    session.flush()
    return {
        table.name: session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }


@pytest.mark.slow
def test_seeding_twice_changes_nothing_and_lets_the_demo_people_in(uow):
    first = load(uow, SEED, now=NOW, demo_people=passwords("cheapest"))
    before = rows(uow.session)
    second = load(uow, SEED, now=NOW, demo_people=passwords("cheapest"))
    assert first.written > 300
    assert second.written == 0
    assert rows(uow.session) == before
    assert second.instruments == first.instruments
    _only_the_named_can_sign_in(uow.session)


def _only_the_named_can_sign_in(session) -> None:
    able = session.exec(
        select(User.email).join(Credential, col(Credential.user_id) == col(User.id))
    ).all()
    assert set(able) == {row["email"] for row in SEED.people if row["demo"] == "yes"}
    roles = session.exec(
        select(Membership.role)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(User.email == "lab@example.com")
    ).all()
    assert roles == [Role.LAB_MANAGER, Role.LAB_MANAGER]


@pytest.mark.slow
def test_without_demo_people_the_centre_is_equipped_and_nobody_is_there(uow):
    load(uow, SEED, now=NOW)
    session = uow.session
    assert session.exec(select(User)).all() == []
    assert set(session.exec(select(Instrument.state))) == {InstrumentState.PUBLISHED}
    assert set(session.exec(select(ProgrammeVersion.state))) == {ProgrammeState.DRAFT}
    waiting = session.exec(
        select(Organisation.name).where(Organisation.state == OrganisationState.PENDING)
    ).all()
    assert waiting == ["沣东量子传感有限公司（示例）"]
